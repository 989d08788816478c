// Search: highlights in graphs, filters in tables, and can become a filter of its own.

import { useStore } from '../state/store.ts';
import { Icon } from './icons.tsx';

export const SEARCH_ID = 'search';

export function SearchBox() {
  const store = useStore();
  const { search } = store.state.value;
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (search.trim() === '') return;
        store.update({
          transforms: [...store.state.value.transforms, { type: 'filter', text: search }],
          search: '',
          zoom: [],
        });
      }}
    >
      <Icon name="search" />
      <input
        id={SEARCH_ID}
        type="search"
        aria-label="Search functions and files"
        placeholder="Search, /regex/, file:line"
        title="Enter keeps only the samples with a match"
        value={search}
        onInput={(event) => store.update({ search: event.currentTarget.value }, false)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          store.update({ search: '' }, false);
          event.currentTarget.blur();
        }}
      />
      {search === '' ? <kbd>/</kbd> : null}
    </form>
  );
}
