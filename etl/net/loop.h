/* net/loop: many things that wait at the same time, in one thread: exchanges, and calls at a stated time.
 *
 * Nothing here blocks but loop_run, so the waits of a hundred reports overlap. Calls at the same time come in
 * the order in which they were asked for.
 *
 *   struct loop *loop = loop_new(wire);
 *   loop_at(loop, loop_now(loop) + 2000, poll_again, report);
 *   loop_send(loop, &exchange);                 exchange->ended is called when it has ended
 *   loop_run(loop);                             until nothing is under way and nothing waits
 *   loop_free(loop);
 */
#ifndef SLUICE_NET_LOOP_H
#define SLUICE_NET_LOOP_H

#include "net/wire.h"

struct loop;
struct loop *loop_new(struct wire *wire);
int64_t loop_now(const struct loop *loop);
uint32_t loop_chance(struct loop *loop);
void loop_at(struct loop *loop, int64_t when, void (*call)(void *user), void *user);
void loop_send(struct loop *loop, struct exchange *exchange);
void loop_run(struct loop *loop);
void loop_free(struct loop *loop);

#endif
