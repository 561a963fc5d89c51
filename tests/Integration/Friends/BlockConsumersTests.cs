using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Events.Embedded;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage.Coherence;
using BigTech.Contracts;
using BigTech.Contracts.Friends;
using BigTech.Tests.Integration.Sql;
using BigTech.Users;
using BigTech.Users.Presence;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace BigTech.Tests.Integration.Friends;

/// <summary>The blocks in Chat and User, from the real log of the Friend context over the embedded bus.</summary>
public sealed class BlockConsumersTests : IDisposable
{
    private const long Ann = 3;
    private const long Bob = 8;
    private const long Cid = 9;
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset T1 = T0.AddSeconds(1);

    private readonly string _folder = Directory.CreateTempSubdirectory("bigtech-blocks-").FullName;
    private readonly ManualTime _time = new();
    private readonly FriendsStore _friends;
    private readonly Store _chat;
    private readonly Store _users;
    private readonly BlockedPairs _pairs;
    private readonly FriendshipReadModel _userBlocks = new(new PresenceHub(new NullBackplane()));

    public BlockConsumersTests()
    {
        _friends = new FriendsStore(TestEngine.Sqlite, _time);
        _chat = Open("chat", typeof(ChatModule));
        _users = Open("users", typeof(UsersModule));
        _pairs = BlockedPairs.Load(_chat);
    }

    /// <summary>Queried inside a transaction, as for a send.</summary>
    private Task<bool> Between(BlockedPairs pairs, long a, long b) => _chat.Write(work => pairs.Between(work, a, b));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_block_reaches_Chat_and_User_and_so_does_its_end()
    {
        await using var chat = Consume("chat", _chat, _pairs.On, _pairs.On);
        await using var users = Consume("users", _users, _userBlocks.On, _userBlocks.On);

        await _friends.Block(Ann, Bob);
        await ChatAndUserKnow(areBlocked: true);
        (await Between(_pairs, Bob, Ann)).ShouldBeTrue();
        (await Between(_pairs, Ann, Cid)).ShouldBeFalse();
        (await Between(BlockedPairs.Load(_chat), Ann, Bob)).ShouldBeTrue("a restart remembers");

        await _friends.Unblock(Ann, Bob);
        await ChatAndUserKnow(areBlocked: false);
        (await Between(BlockedPairs.Load(_chat), Ann, Bob)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_block_counts_though_the_clock_was_set_back_by_an_hour_since_the_last_one_ended()
    {
        await using var chat = Consume("chat", _chat, _pairs.On, _pairs.On);
        await using var users = Consume("users", _users, _userBlocks.On, _userBlocks.On);
        await _friends.Block(Ann, Bob);
        await _friends.Unblock(Ann, Bob);

        _time.AdjustTime(_time.GetUtcNow() - TimeSpan.FromHours(1));

        for (var round = 0; round < 2; round++)
        {
            await _friends.Block(Ann, Bob);
            await ChatAndUserKnow(areBlocked: true);
            await _friends.Unblock(Ann, Bob);
            await ChatAndUserKnow(areBlocked: false);
        }
    }

    [Fact]
    public async Task An_old_event_that_comes_again_late_changes_nothing()
    {
        var (blocked, unblocked) = (new UserBlocked(Ann, Bob, T0), new UserUnblocked(Ann, Bob, T1));
        foreach (var again in new[] { false, true })
        {
            await _chat.Write(work => _pairs.On(blocked, work));
            await _users.Write(work => _userBlocks.On(blocked, work));
            if (again) break;
            (await Between(_pairs, Ann, Bob)).ShouldBeTrue();
            await _chat.Write(work => _pairs.On(unblocked, work));
            await _users.Write(work => _userBlocks.On(unblocked, work));
        }

        (await Between(_pairs, Ann, Bob)).ShouldBeFalse();
        (await Between(BlockedPairs.Load(_chat), Ann, Bob)).ShouldBeFalse();
        (await CountUserBlocks()).ShouldBe(0);
    }

    [Fact]
    public async Task Only_the_room_of_the_two_is_closed()
    {
        await _chat.Write(work => _pairs.On(new UserBlocked(Ann, Bob, T0), work));
        var direct = Room.Create(1, RoomType.Direct, null, Ann, [Bob], T0);
        var other = Room.Create(2, RoomType.Direct, null, Ann, [Cid], T0);
        var group = Room.Create(3, RoomType.Group, "club", Ann, [Bob, Cid], T0);

        (await _chat.Write(work => _pairs.IsPostingBlocked(work, direct, Ann))).ShouldBeTrue();
        (await _chat.Write(work => _pairs.IsPostingBlocked(work, direct, Bob))).ShouldBeTrue();
        (await _chat.Write(work => _pairs.IsPostingBlocked(work, other, Ann))).ShouldBeFalse();
        (await _chat.Write(work => _pairs.IsPostingBlocked(work, group, Ann))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_that_was_rolled_back_closes_nothing()
    {
        await Should.ThrowAsync<InvalidOperationException>(() => _chat.Write(work =>
        {
            _pairs.On(new UserBlocked(Ann, Bob, T0), work);
            throw new InvalidOperationException("after the write");
        }));

        (await Between(_pairs, Ann, Bob)).ShouldBeFalse();
    }

    public void Dispose()
    {
        _chat.Dispose();
        _users.Dispose();
        _friends.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Store Open(string name, Type module) =>
        new(name, _folder, module.Assembly, 4096, TimeProvider.System, NullLoggerFactory.Instance, Outbox.For);

    private IConsumer Consume(
        string group, Store store, Action<UserBlocked, UnitOfWork> onBlocked, Action<UserUnblocked, UnitOfWork> onUnblocked)
    {
        var logs = new Dictionary<string, EventLog> { [Topics.Friend] = _friends.SqlStore.Log };
        var bus = new EmbeddedBus(logs, [], Options.Create(new BusOptions()), TimeProvider.System, NullLoggerFactory.Instance);
        return bus.Consume(new Subscription(group, Topics.Friend, store).On(onBlocked).On(onUnblocked));
    }

    private ValueTask<long> CountUserBlocks() =>
        _users.Read(reader => reader.First<long>("SELECT COUNT(*) FROM blocks WHERE is_active = 1"), Ct);

    /// <summary>Waits until Chat and User have consumed the state of Ann and Bob.</summary>
    private Task ChatAndUserKnow(bool areBlocked) => Eventually.Holds(
        async () => await Between(_pairs, Ann, Bob) == areBlocked && await CountUserBlocks() == (areBlocked ? 1 : 0),
        areBlocked ? "Chat and User know of the block" : "Chat and User know of its end");
}
