using BigTech.Platform.Events;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Events;

public sealed class EventLogTests
{
    [Fact]
    public async Task Waiting_events_are_counted_up_to_a_bound()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("store", Migrations.None);
        await store.Write(session => session.Execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count)
            INSERT INTO outbox (topic, position, event_key, event_id, type, time, data) SELECT 'topic', n, 'key', 'id-' || n, 'type', 0, x'7b7d' FROM numbers
            """,
            new { count = EventLog.MostCounted + 10 }));

        var ct = TestContext.Current.CancellationToken;
        (await store.Log.CountAfter("topic", 0, ct)).ShouldBe(EventLog.MostCounted);
        (await store.Log.CountAfter("topic", 11, ct)).ShouldBe(EventLog.MostCounted - 1);
        (await store.Log.CountAfter("topic", EventLog.MostCounted, ct)).ShouldBe(10);
        (await store.Log.CountAfter("another", 0, ct)).ShouldBe(0);
    }
}
