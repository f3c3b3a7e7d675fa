/* job/threads: the workers of one batch, and nothing else. */
#include "job/exec.h"

#include <pthread.h>

struct thread {
  thread_work *work;
  void *user;
  size_t index;
  struct err err;
  enum outcome outcome;
};

static void *run(void *user) {
  struct thread *thread = user;
  thread->outcome = thread->work(thread->user, thread->index, &thread->err);
  return NULL;
}

/* The lowest-numbered error counts; workers stop by themselves when another failed. */
enum outcome threads_run(size_t workers, thread_work *work, void *user, struct err *err) {
  struct thread *threads = mem_alloc(workers * sizeof *threads);
  pthread_t *handles = mem_alloc(workers * sizeof *handles);
  size_t started = 1;
  for (size_t i = 0; i < workers; i++) threads[i] = (struct thread){ .work = work, .user = user, .index = i };
  while (started < workers && pthread_create(&handles[started], NULL, run, &threads[started]) == 0) started++;
  run(&threads[0]);
  enum outcome outcome = OUT_OK;
  for (size_t i = 0; i < started; i++) {
    if (i) pthread_join(handles[i], NULL);
    if (!outcome && threads[i].outcome) {
      outcome = threads[i].outcome;
      *err = threads[i].err;
    }
  }
  mem_free(threads);
  mem_free(handles);
  return outcome;
}
