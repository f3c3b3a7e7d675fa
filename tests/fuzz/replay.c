/* fuzz/replay: feeds every file of a corpus to a fuzz entry, without a fuzzer.
 *
 *   fuzz_lexer CORPUS
 *
 * Prints each file's path before it is fed, so that the last line names the
 * culprit of a crash. A file lies in a block of exactly its size: a sanitizer
 * sees the first byte read past it.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(int good, const char *path) {
  if (good) return;
  perror(path);
  exit(2);
}

static void feed(const char *path) {
  struct stat status;
  FILE *file = fopen(path, "rb");
  need(file && fstat(fileno(file), &status) == 0, path);
  size_t size = (size_t)status.st_size;
  uint8_t *data = malloc(size ? size : 1);
  need(data && fread(data, 1, size, file) == size, path);
  fclose(file);
  puts(path);
  fflush(stdout);
  LLVMFuzzerTestOneInput(data, size);
  free(data);
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: %s CORPUS\n", argv[0]);
    return 2;
  }
  LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
  DIR *corpus = opendir(argv[1]);
  need(corpus != NULL, argv[1]);
  for (struct dirent *entry; (entry = readdir(corpus));) {
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
    need(length > 0 && (size_t)length < sizeof path, argv[1]);
    if (entry->d_name[0] != '.') feed(path);
  }
  closedir(corpus);
  return 0;
}
