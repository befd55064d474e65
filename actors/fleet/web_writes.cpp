#include "actors/fleet/fleet_status.hpp"
#include "actors/fleet/web_face.hpp"
#include "config/fleet/fleet_order.hpp"
#include "config/value/json.hpp"
#include "platform/crypto.hpp"

namespace troupe {

namespace {

constexpr size_t signature_size = 64;
// As over a link.
constexpr size_t key_most = 128;
constexpr size_t options_most = size_t{64} << 10;

/// The signed order in the body of a request.
struct uploaded_order {
  link_plan plan;
  std::string bytes;
};

result<uploaded_order> read_upload(const std::string& body) {
  auto read
    = parse_json(body, {.bytes = body.size() + 1, .text_bytes = order_most});
  if (!read)
    return read.why();
  auto word = [&](const char* name) {
    auto* found = read->find(name);
    return std::string{found ? found->text_or("") : ""};
  };
  uploaded_order out;
  out.bytes = word("order");
  auto signature = from_hex(word("signature"));
  out.plan.key = word("key");
  if (out.bytes.empty() || out.plan.key.empty()
      || out.plan.key.size() > key_most || !signature
      || signature->size() != signature_size)
    return error{errc::invalid_argument,
                 "expected what 'troupe fleet sign' prints: order, signature, "
                 "key and options"};
  auto order = read_order(out.bytes);
  if (!order)
    return order.why();
  sha256 sum;
  sum.update(out.bytes);
  out.plan.run = order->run;
  out.plan.digest = sum.finish();
  out.plan.size = out.bytes.size();
  out.plan.signature = std::move(*signature);
  auto* options = read->find("options");
  out.plan.options = options ? to_json(*options) : "{}";
  if (out.plan.options.size() > options_most)
    return error{errc::invalid_argument, "options: longer than 64 KiB"};
  return out;
}

} // namespace

server_answer web_submit(const web_call& call) {
  auto upload = read_upload(call.request.body);
  if (!upload)
    return web_refusal_of(upload.why());
  auto state
    = call.gate->submit(call.who, upload->plan, std::move(upload->bytes));
  if (!state)
    return web_refusal_of(state.why(), 409);
  // What is there may be another run of this name.
  auto read = parse_json(*state);
  auto* order = read ? read->find("order") : nullptr;
  if (!order || order->text_or("") != to_hex(upload->plan.digest))
    return web_refusal_of(409, "there is another run of this name; give it "
                               "its own");
  return {202,
          "application/json",
          *state + "\n",
          {{"Location", "/v1/runs/" + upload->plan.run}}};
}

server_answer web_cancel(const web_call& call) {
  auto state = call.gate->ask(call.who, link_question::state, call.subject);
  if (!state)
    return web_refusal_of(state.why(), 404);
  auto read = parse_json(*state);
  if (read && read->find("reported"))
    return web_refusal_of(409, "this run was not sent by this fleet: only its "
                               "host can end it");
  auto* status = read ? read->find("status") : nullptr;
  if (status && is_settled_word(status->text_or("")))
    return web_refusal_of(409, "this run is over: "
                                 + std::string{status->text_or("")});
  call.gate->cancel(call.who, call.subject);
  // The two come to the same actor in their order.
  state = call.gate->ask(call.who, link_question::state, call.subject);
  if (!state)
    return web_refusal_of(state.why(), 404);
  return {202, "application/json", *state + "\n"};
}

} // namespace troupe
