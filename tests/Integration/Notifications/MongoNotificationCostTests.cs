using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>How many commands a commit sends to MongoDB, whatever the number of users.</summary>
[Engines]
public sealed class MongoNotificationCostTests : MongoNotificationFaults
{
    [Fact]
    public async Task A_message_to_a_large_room_costs_as_many_questions_as_one_to_a_small_room()
    {
        long[] members = [Ann, .. Enumerable.Range(2, 200).Select(n => (long)n)];
        await Rooms(Created(members));
        using var stream = Follow(_store, null);
        await stream.Next();
        await Messages(Sent(1));
        (int Finds, int Aggregates, int Updates) seen = (_server.Seen("find"), _server.Seen("aggregate"), _server.Seen("update"));

        await Messages(Sent(2), Sent(3), Read(4, 2), Sent(5, seq: 4));

        (_server.Seen("find") - seen.Finds).ShouldBe(3, "unread ones of the room, mentions, and who has one of that source");
        (_server.Seen("aggregate") - seen.Aggregates).ShouldBe(2, "versions, and the unread counts for the streams");
        (_server.Seen("update") - seen.Updates).ShouldBe(1);
        (await _store.Of(200)).Single(n => n.Kind == NotificationKind.Message).Count.ShouldBe(4);
    }

    [Fact]
    public async Task Streams_that_open_together_ask_together()
    {
        var asked = _server.Seen("aggregate");
        List<Task<long>> heads;
        using (var gate = await WriterGate.Close(_store.SqlStore))
        {
            heads = [.. Enumerable.Range(1, 50).Select(user => _store.SqlStore.Write(
                new NotificationWork<long>(_store.Notifications, user, (_, writer) => writer.NextVersion(user))))];
            await Eventually.Holds(() => _store.SqlStore.WaitingWrites == 50, "all of them in one commit");
            await gate.Open();
        }
        (await Task.WhenAll(heads)).ShouldAllBe(head => head == 1);
        (_server.Seen("aggregate") - asked).ShouldBe(1);
    }

    [Fact]
    public async Task A_large_commit_goes_in_parts()
    {
        const int users = 2000;
        await _store.SqlStore.Write(work => Notify(work, "first"));
        var updates = _server.Seen("update");

        await _store.SqlStore.Write(work => Notify(work, "second"));

        (_server.Seen("update") - updates).ShouldBeGreaterThan(1);
        for (var user = 1; user <= users; user += 333) (await _store.Version(user)).ShouldBe(2);
        (await _store.Version(users)).ShouldBe(2);
        await ShouldBeSettled(sent: 2 * users);

        void Notify(UnitOfWork work, string source)
        {
            _store.Notifications.In(work).Prefetch(Enumerable.Range(1, users).Select(n => (long)n));
            for (var user = 1; user <= users; user++)
            {
                _store.Feed.Add(work, new NotificationDraft(user, NotificationKind.System, source, "title", T0));
            }
        }
    }
}
