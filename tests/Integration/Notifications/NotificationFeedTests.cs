using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Storage;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Notifications;

public abstract class NotificationFeedSuite(TestEngine engine, bool withDocuments = false) : IDisposable
{
    private const long Ann = 1;
    private readonly NotificationsStore _store = new(engine, withDocuments);

    [Fact]
    public async Task A_notification_is_sent_once_however_much_it_collapses()
    {
        await Add("a");
        await Happen("a");
        await Happen("a");

        (await _store.Sent()).ShouldBe([(await _store.Of(Ann)).Single().Id]);
    }

    [Fact]
    public async Task What_happens_in_quiet_hours_is_sent_with_the_first_change_after_them()
    {
        // The tests' clock starts at midnight.
        await Prefer(new Preferences(0, new QuietHours(new TimeOnly(23, 0), new TimeOnly(7, 0), TimeZoneInfo.Utc)));
        await Add("a");
        await Happen("a");
        (await _store.Sent()).ShouldBeEmpty();
        (await _store.Of(Ann)).ShouldHaveSingleItem().SentAt.ShouldBeNull();

        _store.Time.Advance(TimeSpan.FromHours(8));
        await _store.SqlStore.Write(work => Change(work, "a", (n, now) => n with { Preview = "other words", UpdatedAt = now }));
        (await _store.Sent()).ShouldBeEmpty("nothing new has happened");
        await Happen("a");
        await Happen("a");

        (await _store.Sent()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_read_in_quiet_hours_is_never_sent()
    {
        await Prefer(new Preferences(0, new QuietHours(new TimeOnly(23, 0), new TimeOnly(7, 0), TimeZoneInfo.Utc)));
        await Add("a");
        _store.Time.Advance(TimeSpan.FromHours(8));

        await _store.SqlStore.Write(work => _store.Feed.Read(work, Ann, _store.Notifications.In(work).Unread(Ann)));

        (await _store.Sent()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_kind_that_is_not_wanted_leaves_no_trace()
    {
        await Prefer(Preferences.Default.With([(NotificationKind.System, false)]));

        await Add("a");

        (await _store.Of(Ann)).ShouldBeEmpty();
        (await _store.Version(Ann)).ShouldBe(0);
    }

    [Fact]
    public async Task Every_change_takes_the_next_version_and_no_change_takes_none()
    {
        await Add("a");
        await Add("b");
        await Add("a");
        await _store.SqlStore.Write(work => Change(work, "a", (n, _) => n));
        await Happen("a");

        (await _store.Of(Ann)).ConvertAll(n => (n.Source, n.CreatedVersion, n.Version))
            .ShouldBe([("a", 1, 3), ("b", 2, 2)], ignoreOrder: true);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task<bool> Add(string source) => _store.SqlStore.Write(work =>
        _store.Feed.Add(work, new NotificationDraft(Ann, NotificationKind.System, source, "title", _store.Time.GetUtcNow())));

    /// <summary>Adds one more occurrence to the notification.</summary>
    private Task Happen(string source) => _store.SqlStore.Write(work =>
        Change(work, source, (n, now) => n with { HappenedAt = n.HappenedAt.AddSeconds(1), UpdatedAt = now }));

    private void Change(UnitOfWork work, string source, Func<Notification, DateTimeOffset, Notification> change) =>
        _store.Feed.Change(work, _store.Notifications.In(work).Unread(Ann).Single(n => n.Source == source), change);

    private Task Prefer(Preferences preferences) => _store.SqlStore.Write(work => PreferenceRows.Save(work, Ann, preferences, []));
}

public sealed class NotificationFeedTests() : NotificationFeedSuite(TestEngine.Sqlite);

[Engines]
public sealed class NotificationFeedMariaDbTests() : NotificationFeedSuite(TestEngine.MariaDb);

[Engines]
public sealed class NotificationFeedMongoTests() : NotificationFeedSuite(TestEngine.Sqlite, withDocuments: true);
