package io.heliograph.it.cluster;

import io.heliograph.it.harness.TestClient;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** One call, how it is to end, and who must be told what of it. */
final class CallStory {

    /** What makes it end. */
    enum Ending {
        CALLER_HANGS_UP,
        CALLEE_HANGS_UP,
        REJECT,
        REJECT_WITHOUT_REASON,
        CANCEL,
        CALLER_VANISHES_WHILE_RINGING,
        CALLEE_VANISHES_WHILE_RINGING,
        CALLER_VANISHES,
        CALLEE_VANISHES,
        NO_ANSWER
    }

    private final TestClient caller;
    private final String user;
    private final List<TestClient> devices;
    private final Ending ending;
    private final TestClient actor;
    private final Set<TestClient> silent = new HashSet<>();
    private String call = "";

    CallStory(TestClient caller, String user, List<TestClient> devices, Ending ending, Random random) {
        this.caller = caller;
        this.user = user;
        this.devices = devices;
        this.ending = ending;
        this.actor = devices.get(random.nextInt(devices.size()));
    }

    /** It rings when this completes; fails where it does not ring everywhere. */
    Future<Void> ring() {
        return caller.askSoon(new JsonObject().put("type", "call").put("user", user))
                .map(answer -> {
                    if (!"ringing".equals(answer.getString("type")) || answer.getInteger("peers") != devices.size()) {
                        throw new AssertionError("not ringing at " + devices.size() + ": " + answer);
                    }
                    call = answer.getString("call");
                    return null;
                });
    }

    /** Does what ends it, once the devices know of it. */
    Future<Void> end() {
        return switch (ending) {
            case CALLER_HANGS_UP -> accept().compose(taken -> ask(caller, "hangup"));
            case CALLEE_HANGS_UP -> accept().compose(taken -> ask(actor, "hangup"));
            case REJECT -> ask(actor, "reject", "reason", "busy");
            case REJECT_WITHOUT_REASON -> ask(actor, "reject");
            case CANCEL -> ask(caller, "hangup");
            case CALLER_VANISHES_WHILE_RINGING -> vanish(List.of(caller));
            case CALLEE_VANISHES_WHILE_RINGING -> vanish(devices);
            case CALLER_VANISHES -> accept().compose(taken -> vanish(List.of(caller)));
            case CALLEE_VANISHES -> accept().compose(taken -> vanish(List.of(actor)));
            case NO_ANSWER -> Future.succeededFuture();
        };
    }

    /** The reasons that each must be told, by those who must be told one; the rest must be told nothing. */
    Map<TestClient, String> expected() {
        Map<TestClient, String> expected = new LinkedHashMap<>();
        String forCallees = switch (ending) {
            case CALLER_HANGS_UP, CALLEE_HANGS_UP, CALLER_VANISHES, CALLEE_VANISHES -> "answered-elsewhere";
            case REJECT -> "busy";
            case REJECT_WITHOUT_REASON -> "declined";
            case CANCEL -> "hangup";
            case CALLER_VANISHES_WHILE_RINGING, CALLEE_VANISHES_WHILE_RINGING -> "lost";
            case NO_ANSWER -> "no-answer";
        };
        devices.forEach(device -> expected.put(device, forCallees));
        expected.put(
                caller,
                switch (ending) {
                    case CALLEE_HANGS_UP, CALLER_HANGS_UP -> "hangup";
                    case CALLEE_VANISHES, CALLER_VANISHES -> "lost";
                    default -> forCallees;
                });
        if (ending == Ending.CALLER_HANGS_UP) {
            expected.put(actor, "hangup");
        } else if (ending == Ending.CALLER_VANISHES) {
            expected.put(actor, "lost");
        }
        expected.keySet().removeAll(silent);
        return expected;
    }

    /** What of it went otherwise; empty if nothing did. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        Map<TestClient, String> expected = expected();
        List<TestClient> all = new ArrayList<>(devices);
        all.add(caller);
        for (TestClient client : all) {
            List<String> told = reasons(client);
            List<String> right = expected.containsKey(client) ? List.of(expected.get(client)) : List.of();
            if (!told.equals(right)) {
                problems.add("%s of %s: %s was told %s instead of %s"
                        .formatted(ending, call, client == caller ? "the caller" : client, told, right));
            }
        }
        return problems;
    }

    private List<String> reasons(TestClient client) {
        return client.frames("call-ended").stream()
                .filter(frame -> frame.getString("call").equals(call))
                .map(frame -> frame.getString("reason"))
                .toList();
    }

    private Future<Void> accept() {
        return ask(actor, "accept").map(taken -> {
            silent.remove(actor);
            return null;
        });
    }

    /** Whoever ends a call is told nothing more of it. */
    private Future<Void> ask(TestClient client, String type, String... field) {
        JsonObject request = new JsonObject().put("type", type).put("call", call);
        if (field.length == 2) {
            request.put(field[0], field[1]);
        }
        silent.add(client);
        return client.askSoon(request).map(answer -> {
            if (!"ok".equals(answer.getString("type"))) {
                throw new AssertionError(type + ": " + answer);
            }
            return null;
        });
    }

    private Future<Void> vanish(List<TestClient> clients) {
        silent.addAll(clients);
        List<Future<Void>> gone = new ArrayList<>();
        clients.forEach(client -> gone.add(client.cut()));
        return Future.join(gone).mapEmpty();
    }
}
