/* bench/ledger: a valid ledger of so many released items, on standard output.
 *
 *   generate-ledger 1000000 >var/ledger/ledger.txt
 *
 * Two entries an item, as a release writes them. Written by itself, not by the program's own code. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHA = 32, LINE = 1024 };

static void hex_of(const char *name, unsigned long long item, size_t digits, char *hex) {
  unsigned char sum[SHA];
  char text[64];
  int len = snprintf(text, sizeof text, "%s %llu", name, item);
  EVP_Digest(text, (size_t)len, sum, NULL, EVP_sha256(), NULL);
  for (size_t i = 0; i < digits; i++) snprintf(hex + i, 2, "%x", i % 2 ? sum[i / 2] & 15 : sum[i / 2] >> 4);
}

/* The end word of each line covers that of the line before. */
static void put_line(const char *line, int len, char end[16]) {
  unsigned char sum[SHA];
  char both[LINE + 16];
  int all = snprintf(both, sizeof both, "%s%.*s", end, len, line);
  EVP_Digest(both, (size_t)all, sum, NULL, EVP_sha256(), NULL);
  snprintf(end, 16, "~%02x%02x%02x%02x", sum[0], sum[1], sum[2], sum[3]);
  printf("%s%s\n", line, end);
}

static void put_item(unsigned long long item, char end[16]) {
  static const char *const events[] = { "releasing", "released" };
  char id[17], k[17], sha[65], content[65], line[LINE];
  unsigned long long key = 70000000000 + item;
  hex_of("id", item, 16, id);
  hex_of("k", item, 16, k);
  hex_of("sha", item, 64, sha);
  hex_of("content", item, 64, content);
  for (int i = 0; i < 2; i++) {
    int len = snprintf(line, sizeof line,
                       "2026-%02d-%02dT02:00:%02dZ %s settlement id=%s key=%llu k=%s file=%llu-us.txt sha256=%s "
                       "content=%s day=2026-11-21 rows=%llu amount=%llu.25%%20USD "
                       "output=outbox/sl/settlement/journal-%llu.txt ",
                       (int)(1 + item / 90000 % 12), (int)(1 + item / 3000 % 28), (int)(item % 60), events[i],
                       id, key, k, key, sha, content, 100 + item % 9000, item % 100000, key);
    put_line(line, len, end);
  }
}

int main(int argc, char **argv) {
  char end[16] = "";
  unsigned long long items = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
  for (unsigned long long i = 0; i < items; i++) put_item(i, end);
  return fflush(stdout) ? 1 : 0;
}
