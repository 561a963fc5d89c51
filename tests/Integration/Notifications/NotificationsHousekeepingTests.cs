using BigTech.Notifications;
using BigTech.Notifications.Domain;
using BigTech.Notifications.Jobs;
using BigTech.Notifications.Storage;
using BigTech.Tests.Integration.Sql;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static BigTech.Tests.Integration.Notifications.NotificationsStore;

namespace BigTech.Tests.Integration.Notifications;

public abstract class NotificationsHousekeepingSuite(TestEngine engine, bool withDocuments = false) : IDisposable
{
    private const long Ann = 1;
    private const long Bob = 2;
    private readonly NotificationsStore _store = new(engine, withDocuments);

    [Fact]
    public async Task What_was_read_long_ago_goes_and_the_rest_stays()
    {
        await Add(Ann, 5);
        await Read(Ann, "s1", "s2");
        _store.Time.Advance(TimeSpan.FromDays(60));
        await Read(Ann, "s3");
        _store.Time.Advance(TimeSpan.FromDays(31));

        await CleanUp(new NotificationsOptions());

        (await Sources(Ann)).ShouldBe(["s5", "s4", "s3"]);
        (await TrimmedUpTo(Ann)).ShouldBe(7, "versions 6 and 7 were the readings of what has gone");
    }

    [Fact]
    public async Task The_newest_change_of_a_user_stays_so_that_versions_go_on()
    {
        await Add(Ann, 2);
        await Read(Ann, "s1", "s2");
        _store.Time.Advance(TimeSpan.FromDays(200));

        await CleanUp(new NotificationsOptions());

        (await Sources(Ann)).ShouldBe(["s2"]);
        await Add(Ann, 1, first: 3);
        (await _store.Version(Ann)).ShouldBe(5);
    }

    [Fact]
    public async Task Of_too_many_the_oldest_go_read_or_not_and_only_of_that_user()
    {
        await Add(Ann, 1500);
        await Add(Bob, 10);

        await CleanUp(new NotificationsOptions { MaxPerUser = 10 });

        (await Sources(Ann)).ShouldBe(Enumerable.Range(1491, 10).Reverse().Select(n => $"s{n}"));
        (await Sources(Bob)).Count.ShouldBe(10);
        (await TrimmedUpTo(Ann)).ShouldBe(1490);
        (await TrimmedUpTo(Bob)).ShouldBe(0);
    }

    [Fact]
    public async Task What_has_ended_goes_before_what_is_listed()
    {
        await Add(Ann, 10);
        await Add(Ann, 30, first: 11);
        await _store.SqlStore.Write(work =>
        {
            foreach (var ended in _store.Notifications.In(work).Unread(Ann).Skip(10))
            {
                _store.Feed.Change(work, ended, (n, now) => n.Remove(now));
            }
        });
        await Add(Ann, 1, first: 41);

        await CleanUp(new NotificationsOptions { MaxPerUser = 11 });

        (await Sources(Ann)).ShouldBe([.. Enumerable.Range(1, 10).Append(41).Reverse().Select(n => $"s{n}")]);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    private Task Add(long user, int count, int first = 1) => _store.SqlStore.Write(work =>
    {
        for (var n = first; n < first + count; n++)
        {
            _store.Feed.Add(
                work, new NotificationDraft(user, NotificationKind.System, $"s{n}", "title", DateTimeOffset.UnixEpoch.AddSeconds(n)));
        }
    });

    private Task<int> Read(long user, params string[] sources) => _store.SqlStore.Write(work =>
        _store.Feed.Read(work, user, _store.Notifications.In(work).Unread(user).Where(n => sources.Contains(n.Source))));

    private async Task<List<string>> Sources(long user) => (await _store.Of(user)).ConvertAll(n => n.Source);

    private ValueTask<long> TrimmedUpTo(long user) => _store.SqlStore.Read(reader => Trimming.UpTo(reader, user), Ct);

    private async Task CleanUp(NotificationsOptions options)
    {
        using var housekeeping = new NotificationsHousekeeping(
            _store.SqlStore, _store.Notifications, Options.Create(options), _store.Time, NullLogger<NotificationsHousekeeping>.Instance);
        await housekeeping.RunOnce(Ct);
    }
}

public sealed class NotificationsHousekeepingTests() : NotificationsHousekeepingSuite(TestEngine.Sqlite);

[Engines]
public sealed class NotificationsHousekeepingMariaDbTests() : NotificationsHousekeepingSuite(TestEngine.MariaDb);

[Engines]
public sealed class NotificationsHousekeepingMongoTests() : NotificationsHousekeepingSuite(TestEngine.Sqlite, withDocuments: true);
