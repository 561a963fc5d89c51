using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.Contracts;
using BigTech.Tests.Integration.Sql;
using BigTech.Users.Presence;
using Microsoft.Extensions.Logging.Abstractions;

namespace BigTech.Tests.Integration.Users;

/// <summary>From open streams to stored presence, on a manual clock.</summary>
public abstract class LocalPresenceServiceSuite(TestEngine engine) : IAsyncLifetime
{
    private const long Ann = 1;
    private const long Bob = 2;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(60);

    private readonly UsersStore _store = new(engine);
    private readonly ManualTime _time = new();
    private readonly OwnMeters _meters = new();
    private LocalPresenceService _online = null!;
    private PresenceStore _presence = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await Run();

    [Fact]
    public async Task Who_opens_a_stream_comes_and_goes_when_the_grace_is_over()
    {
        _online.StreamOpened(Ann);
        await Becomes(Ann, isOnline: true);
        _online.StreamClosed(Ann);
        var closedAt = _time.GetUtcNow();
        _time.Advance(Grace - TimeSpan.FromMilliseconds(1));
        await Settled();
        (await _presence.Find(Ann, Ct)).IsOnline.ShouldBeTrue();

        _time.Advance(TimeSpan.FromMilliseconds(2));

        await Becomes(Ann, isOnline: false);
        (await _presence.Find(Ann, Ct)).LastSeenAt.ShouldBe(closedAt);
    }

    [Fact]
    public async Task Reconnects_are_no_events()
    {
        _online.StreamOpened(Ann);
        await Becomes(Ann, isOnline: true);
        for (var i = 0; i < 20; i++)
        {
            _online.StreamClosed(Ann);
            _time.Advance(Grace / 2);
            _online.StreamOpened(Ann);
            _time.Advance(Grace * 2);
        }
        await Settled();

        (await Events()).ShouldBe(1 + 1, "ann comes, and the user who was waited for");
    }

    [Fact]
    public async Task A_heartbeat_is_stored_when_it_is_answered_and_expires()
    {
        await _online.Heartbeat(Ann, "phone");
        (await _presence.Find(Ann, Ct)).IsOnline.ShouldBeTrue();
        _time.Advance(Expiry / 2);
        await _online.Heartbeat(Ann, "phone");
        _time.Advance(Expiry - TimeSpan.FromSeconds(1));
        await Settled();
        (await _presence.Find(Ann, Ct)).IsOnline.ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(2));
        await Becomes(Ann, isOnline: false);
    }

    [Fact]
    public async Task Who_does_not_come_back_after_a_restart_goes_and_who_does_never_went()
    {
        _online.StreamOpened(Ann);
        _online.StreamOpened(Bob);
        await Becomes(Ann, isOnline: true);
        await Becomes(Bob, isOnline: true);
        var before = await Events();
        await _online.StopAsync(Ct);
        var stoppedAt = _time.GetUtcNow();
        _online.Dispose();
        _time.Advance(TimeSpan.FromHours(2));
        _store.Reopen();
        await Run();
        _online.StreamOpened(Ann);

        _time.Advance(Grace + TimeSpan.FromSeconds(1));

        await Becomes(Bob, isOnline: false);
        (await _presence.Find(Bob, Ct)).LastSeenAt.ShouldBe(stoppedAt);
        (await _presence.Find(Ann, Ct)).IsOnline.ShouldBeTrue();
        (await Events()).ShouldBe(before + 1);
    }

    [Fact]
    public async Task A_thousand_who_come_and_go_are_a_thousand_times_two_changes()
    {
        for (long user = 1; user <= 1000; user++) _online.StreamOpened(user);
        for (long user = 1; user <= 1000; user++) await Becomes(user, isOnline: true);
        for (long user = 1; user <= 1000; user++) _online.StreamClosed(user);
        _time.Advance(Grace + TimeSpan.FromSeconds(1));
        for (long user = 1; user <= 1000; user++) await Becomes(user, isOnline: false);

        (await Events()).ShouldBe(2000);
    }

    public async ValueTask DisposeAsync()
    {
        await _online.StopAsync(CancellationToken.None);
        _online.Dispose();
        _store.Dispose();
        _meters.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task Run()
    {
        _presence = new PresenceStore(_store.SqlStore, new PresenceHub(new NullBackplane()), _time);
        _online = new LocalPresenceService(new PresenceOptions(), _presence, _time, _meters, NullLogger<LocalPresenceService>.Instance);
        await _online.StartAsync(Ct);
    }

    private async Task Becomes(long userId, bool isOnline) =>
        await Eventually.Holds(
            async () => (await _presence.Find(userId, Ct)).IsOnline == isOnline, $"{userId} is {(isOnline ? "online" : "offline")}");

    /// <summary>Waits until all earlier changes are stored: they are stored in order, and this one waits for its own.</summary>
    private Task Settled() => _online.Heartbeat(99, "phone");

    private async Task<int> Events() => (await _store.SqlStore.Log.Read(Topics.OnlineStatus, 0, 10_000, Ct)).Count;
}

public sealed class LocalPresenceServiceTests() : LocalPresenceServiceSuite(TestEngine.Sqlite);

[Engines]
public sealed class LocalPresenceServiceMariaDbTests() : LocalPresenceServiceSuite(TestEngine.MariaDb);
