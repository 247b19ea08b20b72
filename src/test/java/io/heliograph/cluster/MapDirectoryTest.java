package io.heliograph.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.heliograph.routing.Directory.Contents;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.shareddata.AsyncMap;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MapDirectoryTest {
    private int readings;
    private Promise<Map<?, ?>> all = Promise.promise();

    /** While partitions of the maps move, reading all of them takes as long as that: each reading keeps a thread so long. */
    @Test
    void everythingIsReadOnceAtATime() {
        Vertx vertx = Vertx.vertx();
        try {
            Processes.await(Future.future(done -> vertx.runOnContext(home -> {
                MapDirectory directory = new MapDirectory(vertx, slowMap(), slowMap());
                List<Future<Contents>> read =
                        Stream.generate(directory::contents).limit(30).toList();
                assertEquals(2, readings);
                assertTrue(read.stream().noneMatch(Future::isComplete));
                all.complete(Map.of());
                Future.all(read)
                        .compose(answered -> {
                            all = Promise.promise();
                            assertFalse(directory.contents().isComplete());
                            assertEquals(4, readings);
                            return Future.<Void>succeededFuture();
                        })
                        .onComplete(done);
            })));
        } finally {
            Processes.await(vertx.close());
        }
    }

    @SuppressWarnings("unchecked")
    private <V> AsyncMap<String, V> slowMap() {
        return (AsyncMap<String, V>) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {AsyncMap.class}, (map, method, arguments) -> {
                    assertEquals("entries", method.getName());
                    readings++;
                    return all.future();
                });
    }
}
