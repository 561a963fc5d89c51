using System.Diagnostics;
using BigTech.BuildingBlocks.Events;
using BigTech.Contracts.Chat;
using BigTech.Tests.Integration.Sql;
using EventLog = BigTech.BuildingBlocks.Events.EventLog;

namespace BigTech.Tests.Integration.Events;

public sealed class EventLogTests
{
    [Fact]
    public async Task What_no_request_has_caused_begins_a_trace_of_its_own()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("store", Migrations.None);
        Activity.Current = null;
        await store.Write(work =>
        {
            work.Append(new MessagesRead(1, 1, 7, 1, "m"));
            work.Append(new MessagesRead(1, 2, 7, 2, "m"));
        });
        await store.Write(work => work.Append(new MessagesRead(1, 3, 7, 3, "m")));

        var traces = (
            await store.Log.Read(MessagesRead.Topic, 0, 10, TestContext.Current.CancellationToken)).ConvertAll(e => e.TraceParent);

        foreach (var trace in traces) ActivityContext.TryParse(trace, null, out _).ShouldBeTrue(trace);
        traces[1].ShouldBe(traces[0]);
        traces[2].ShouldNotBe(traces[0]);
    }

    [Fact]
    public async Task Waiting_events_are_counted_up_to_a_bound()
    {
        using var home = StoreHome.On(TestEngine.Sqlite);
        using var store = home.Open("store", Migrations.None);
        await store.Write(work => work.Execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < @count)
            INSERT INTO outbox (topic, position, event_key, event_id, type, time, data)
            SELECT 'topic', n, 'key', 'id-' || n, 'type', 0, x'7b7d' FROM numbers
            """,
            new { count = EventLog.MaxCounted + 10 }));

        var ct = TestContext.Current.CancellationToken;
        (await store.Log.CountAfter("topic", 0, ct)).ShouldBe(EventLog.MaxCounted);
        (await store.Log.CountAfter("topic", 11, ct)).ShouldBe(EventLog.MaxCounted - 1);
        (await store.Log.CountAfter("topic", EventLog.MaxCounted, ct)).ShouldBe(10);
        (await store.Log.CountAfter("another", 0, ct)).ShouldBe(0);
    }
}
