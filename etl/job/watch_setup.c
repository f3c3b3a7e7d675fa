/* job/watch_setup: the destination and subscriptions of Amazon's notifications, kept as they should be. */
#include "codec/json_text.h"
#include "job/watch.h"

struct setup {
  struct wire_way *way;
  str arn, destination;
  struct buf told;
  enum outcome outcome;
  struct err err;
};

struct one {
  struct setup *setup;
  const char *type;
};

static bool failed(struct setup *setup, const struct call *call) {
  if (!call->outcome) return false;
  if (!setup->outcome) setup->outcome = call->outcome, setup->err = call->err;
  return true;
}

static void say(struct setup *setup, const char *what, const char *name) {
  buf_printf(&setup->told, "%s%s %s", setup->told.len ? "; " : "", name, what);
}

/* --- the destination --- */

static void made_destination(struct call *call) {
  struct setup *setup = call->user;
  if (failed(setup, call)) return;
  setup->destination = arena_str(setup->way->arena, answer_text(call->answer, "payload.destinationId"));
  say(setup, "made", "destination");
}

static void saw_destinations(struct call *call) {
  struct setup *setup = call->user;
  if (failed(setup, call)) return;
  for (const struct answer *one = answer_part(call->answer, "payload[]"); one; one = answer_same(one))
    if (str_eq(answer_text(one, "resource.sqs.arn"), setup->arn))
      setup->destination = arena_str(setup->way->arena, answer_text(one, "destinationId"));
  if (setup->destination.len) {
    say(setup, "is there", "destination");
    return;
  }
  struct call *next = call_new(setup->way->amazon, OP_createDestination, made_destination, setup);
  struct buf body = buf_new(4096);
  buf_add(&body, STR("{\"name\": \"sluice\", \"resourceSpecification\": {\"sqs\": {\"arn\": "));
  json_text(&body, setup->arn);
  buf_add(&body, STR("}}}"));
  call_body(next, buf_str(&body));
  buf_free(&body);
  call_start(next);
}

/* --- subscriptions --- */

static void subscribed(struct call *call) {
  struct one *one = call->user;
  if (!failed(one->setup, call)) say(one->setup, "subscribed", one->type);
}

static void subscribe(struct one *one) {
  struct setup *setup = one->setup;
  struct call *call = call_new(setup->way->amazon, OP_createSubscription, subscribed, one);
  struct buf body = buf_new(4096);
  call_path(call, "notificationType", str_of(one->type));
  buf_add(&body, STR("{\"payloadVersion\": \"1.0\", \"destinationId\": "));
  json_text(&body, setup->destination);
  buf_char(&body, '}');
  call_body(call, buf_str(&body));
  buf_free(&body);
  call_start(call);
}

static void unsubscribed(struct call *call) {
  struct one *one = call->user;
  if (!failed(one->setup, call)) subscribe(one);
}

static void saw_subscription(struct call *call) {
  struct one *one = call->user;
  struct setup *setup = one->setup;
  if (call->outcome == OUT_REFUSED && call->status == 404) {
    subscribe(one);
    return;
  }
  if (failed(setup, call)) return;
  if (str_eq(answer_text(call->answer, "payload.destinationId"), setup->destination)) {
    say(setup, "is subscribed", one->type);
    return;
  }
  struct call *next = call_new(setup->way->amazon, OP_deleteSubscriptionById, unsubscribed, one);
  call_path(next, "notificationType", str_of(one->type));
  call_path(next, "subscriptionId", answer_text(call->answer, "payload.subscriptionId"));
  call_start(next);
}

enum outcome watch_setup(const struct site *site, struct wire_way *way, str arn, str *told, struct err *err) {
  struct setup setup = { .way = way, .arn = arn, .told = buf_new(64 * 1024) };
  struct one ones[WATCH_TYPES];
  call_start(call_new(way->amazon, OP_getDestinations, saw_destinations, &setup));
  loop_run(way->loop);
  for (size_t i = 0; i < WATCH_TYPES && !setup.outcome && setup.destination.len; i++) {
    ones[i] = (struct one){ &setup, watch_types[i] };
    struct call *call = call_new(way->amazon, OP_getSubscription, saw_subscription, &ones[i]);
    call_path(call, "notificationType", str_of(watch_types[i]));
    call_start(call);
  }
  loop_run(way->loop);
  *told = arena_str(site->arena, buf_str(&setup.told));
  buf_free(&setup.told);
  *err = setup.err;
  return setup.outcome;
}
