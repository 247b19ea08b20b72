package io.heliograph.session;

import io.heliograph.protocol.Address;
import io.heliograph.protocol.ClientMessage;
import io.heliograph.protocol.Group;
import io.heliograph.protocol.Name;
import io.heliograph.protocol.Tenant;
import java.util.List;
import java.util.Optional;

/** Requests with the names in them taken for those of a tenant. */
record NamesOf(Tenant tenant) implements ClientMessage.Cases<ClientMessage> {

    private Name name(Name said) {
        return said.of(Optional.of(tenant));
    }

    private List<Name> names(List<Name> said) {
        return said.stream().map(this::name).toList();
    }

    private Address address(Address said) {
        return said.match(peer -> peer, group -> {
            Group meant = group.group();
            return new Address.ToGroup(new Group(meant.kind(), name(meant.name())));
        });
    }

    /** Who it is says its token. */
    @Override
    public ClientMessage hello(ClientMessage.Hello hello) {
        return hello;
    }

    @Override
    public ClientMessage join(ClientMessage.Join join) {
        return new ClientMessage.Join(join.id(), name(join.room()), join.capacity(), join.data());
    }

    @Override
    public ClientMessage update(ClientMessage.Update update) {
        return new ClientMessage.Update(update.id(), name(update.room()), update.data());
    }

    @Override
    public ClientMessage leave(ClientMessage.Leave leave) {
        return new ClientMessage.Leave(leave.id(), name(leave.room()));
    }

    @Override
    public ClientMessage relay(ClientMessage.Relay relay) {
        return new ClientMessage.Relay(relay.id(), relay.type(), address(relay.to()), relay.data(), relay.sequence());
    }

    @Override
    public ClientMessage subscribe(ClientMessage.Subscribe subscribe) {
        return new ClientMessage.Subscribe(subscribe.id(), name(subscribe.topic()));
    }

    @Override
    public ClientMessage unsubscribe(ClientMessage.Unsubscribe unsubscribe) {
        return new ClientMessage.Unsubscribe(unsubscribe.id(), name(unsubscribe.topic()));
    }

    @Override
    public ClientMessage watch(ClientMessage.Watch watch) {
        return new ClientMessage.Watch(watch.id(), names(watch.users()));
    }

    @Override
    public ClientMessage unwatch(ClientMessage.Unwatch unwatch) {
        return new ClientMessage.Unwatch(unwatch.id(), names(unwatch.users()));
    }

    @Override
    public ClientMessage call(ClientMessage.Call call) {
        return new ClientMessage.Call(call.id(), name(call.user()), call.data());
    }

    @Override
    public ClientMessage accept(ClientMessage.Accept accept) {
        return accept;
    }

    @Override
    public ClientMessage reject(ClientMessage.Reject reject) {
        return reject;
    }

    @Override
    public ClientMessage hangup(ClientMessage.Hangup hangup) {
        return hangup;
    }

    @Override
    public ClientMessage renew(ClientMessage.Renew renew) {
        return renew;
    }

    @Override
    public ClientMessage ping(ClientMessage.Ping ping) {
        return ping;
    }

    @Override
    public ClientMessage ice(ClientMessage.Ice ice) {
        return ice;
    }
}
