/* A program that is not called python and has no python in its path: it loads the interpreter's library at run time and
   runs a script, like an application server does. embed LIBPYTHON SCRIPT [ARG…] */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

typedef int main_wide(int, wchar_t **);
typedef int main_bytes(int, char **);

static void *find(void *library, const char *name) {
  void *symbol = dlsym(library, name);
  if (!symbol) {
    fprintf(stderr, "embed: %s\n", dlerror());
    exit(2);
  }
  return symbol;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: embed LIBPYTHON SCRIPT [ARG...]\n");
    return 2;
  }
  void *library = dlopen(argv[1], RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    fprintf(stderr, "embed: %s\n", dlerror());
    return 2;
  }
  /* Python 3.8 and newer take bytes; 2.7 calls the same thing Py_Main. */
  if (dlsym(library, "Py_BytesMain")) return ((main_bytes *)find(library, "Py_BytesMain"))(argc - 1, argv + 1);
  if (!dlsym(library, "Py_DecodeLocale")) return ((main_bytes *)find(library, "Py_Main"))(argc - 1, argv + 1);
  wchar_t *(*decode)(const char *, size_t *) = find(library, "Py_DecodeLocale");
  wchar_t **wide = calloc(argc, sizeof *wide);
  for (int i = 1; i < argc; i++) wide[i - 1] = decode(argv[i], NULL);
  return ((main_wide *)find(library, "Py_Main"))(argc - 1, wide);
}
