// A program whose stacks are known: main calls first, second, third, spin in turn, or qsort, which calls back. Ends after so many
// hundredths of a second of CPU time.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEPT __attribute__((noinline, noclone))

static volatile unsigned long sink;

KEPT void spin(unsigned long n) {
  for (unsigned long i = 0; i < n; i++) sink += i * i;
}

KEPT void third(int k) {
  char room[300];
  memset(room, k, sizeof room);
  spin(20000 + (unsigned char)room[k & 255]);
  sink++;
}

KEPT void second(int k) {
  third(k + 1);
  sink++;
}

KEPT void first(int k) {
  second(k + 1);
  sink++;
}

KEPT int compare(const void *a, const void *b) {
  spin(100);
  sink++;
  return *(const int *)a - *(const int *)b;
}

KEPT void sort(int *numbers, int count) {
  for (int i = 0; i < count; i++) numbers[i] = (i * 7919) % count;
  qsort(numbers, count, sizeof *numbers, compare);
  sink++;
}

int main(int argc, char **argv) {
  int numbers[64];
  double limit = argc > 1 ? atof(argv[1]) / 100 : 1;
  for (int k = 0; (double)clock() / CLOCKS_PER_SEC < limit; k++) {
    first(k);
    sort(numbers, 64);
  }
  printf("%lu\n", sink);
  return 0;
}
