using BigTech.BuildingBlocks.Events;
using BigTech.Contracts.Chat;
using BigTech.Notifications.Domain;
using BigTech.Tests.Integration.Sql;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

/// <summary>One message alerts a user whom it mentions once, however often it is edited.</summary>
public abstract class MentionEditSuite(TestEngine engine, bool withDocuments = false) : IDisposable
{
    private const long Room = 5;
    private const long Ann = 1;
    private const long Bob = 2;
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly NotificationsStore _store = new(engine, withDocuments);
    private int _alerts;

    [Theory]
    [InlineData("one", 2)]
    [InlineData("@name2 one", 1)]
    public async Task A_mention_that_comes_and_goes_alerts_once(string first, int alerts)
    {
        await _store.Handle(
            _store.Rooms.Prepare, Envelope(new ChatRoomCreated(Room, "direct", null, Ann, [Ann, Bob], T0)));
        await Handle(Envelope(new MessageSent(Room, 1, View(1, first))));

        for (var version = 2; version < 12; version += 2)
        {
            await Handle(Edited(version, "@name2 again"));
            (await Unread()).ShouldBe((NotificationKind.Mention, "@name2 again"));
            await Handle(Edited(version + 1, "plain"));
            (await Unread()).ShouldBe((NotificationKind.Message, "plain"));
        }

        _alerts.ShouldBe(alerts, "the message, if it named no one, and the mention");
        (await _store.Sent()).Count.ShouldBe(alerts);
    }

    [Fact]
    public async Task A_mention_that_was_read_and_comes_back_is_unread_without_an_alert()
    {
        await _store.Handle(
            _store.Rooms.Prepare, Envelope(new ChatRoomCreated(Room, "direct", null, Ann, [Ann, Bob], T0)));
        await Handle(Envelope(new MessageSent(Room, 1, View(1, "@name2 one"))));
        await Handle(Envelope(new MessagesRead(Room, 2, Bob, 1, "m1")));

        await Handle(Edited(3, "plain"));
        await Handle(Edited(4, "@name2 again"));

        (await Unread()).ShouldBe((NotificationKind.Mention, "@name2 again"));
        _alerts.ShouldBe(1);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task Handle(EventEnvelope e)
    {
        var before = await _store.Version(Bob);
        await _store.Handle(_store.Messages.Prepare, e);
        _alerts += (await _store.Of(Bob)).Count(row => row.AlertsAfter(before));
    }

    private async Task<(NotificationKind Kind, string? Preview)> Unread() =>
        (await _store.Of(Bob)).Where(row => row.IsUnread).ShouldHaveSingleItem() is var row ? (row.Kind, row.Preview) : default;

    private static EventEnvelope Edited(long version, string content) =>
        Envelope(new MessageEdited(Room, version, View(version, content)));

    private static MessageView View(long version, string content) => new(
        "m1", Room, 1, version, Ann, "name1", content, "text", null, null, [], false, null, false, null, T0.AddSeconds(version),
        T0.AddSeconds(version), 0, 1, null);
}

public sealed class MentionEditTests() : MentionEditSuite(TestEngine.Sqlite);

[Engines]
public sealed class MentionEditMariaDbTests() : MentionEditSuite(TestEngine.MariaDb);

[Engines]
public sealed class MentionEditMongoTests() : MentionEditSuite(TestEngine.Sqlite, withDocuments: true);
