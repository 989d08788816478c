// Threads that Python has not made, which call it: each call gets a thread state of its own (PyGILState_Ensure), as long as it takes.
#include <pthread.h>

static int (*callback)(int);
static pthread_t threads[2];

__attribute__((noinline, noclone)) int foreign_call(int n) {
  return callback(n) + 1;
}

static void *foreign_thread(void *unused) {
  while (foreign_call(5) > 1) {
  }
  return unused;
}

void begin(int (*function)(int)) {
  callback = function;
  for (int i = 0; i < 2; i++) pthread_create(&threads[i], 0, foreign_thread, 0);
}

void end(void) {
  for (int i = 0; i < 2; i++) pthread_join(threads[i], 0);
}
