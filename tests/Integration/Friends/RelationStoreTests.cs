using BigTech.BuildingBlocks.Core;
using BigTech.Friends.Domain;
using BigTech.Friends.Features;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Friends;

public abstract class RelationStoreSuite(TestEngine engine) : IDisposable
{
    private const long Ann = 3;
    private const long Bob = 8;
    private readonly FriendsStore _store = new(engine);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_is_what_is_loaded()
    {
        var asked = (await _store.Relations.Change(
            Pair.Create(Bob, Ann), Bob, (relation, now) => relation.Request(Bob, "안녕 👋", now))).After;
        (await _store.Load(Ann, Bob)).ShouldBe(asked);
        asked.Friendship!.Id.ShouldBeGreaterThan(0);
        (await _store.Relations.FindPair(asked.Friendship.Id, Ct)).ShouldBe(Pair.Create(Ann, Bob));
        (await _store.Relations.FindPair(asked.Friendship.Id + 1, Ct)).ShouldBeNull();

        var blocked = (await _store.Block(Ann, Bob)).After;
        (await _store.Load(Ann, Bob)).ShouldBe(blocked);
        blocked.Friendship!.Id.ShouldBe(asked.Friendship.Id);

        await _store.Unblock(Ann, Bob);
        var again = (await _store.Request(Ann, Bob)).After;
        again.Friendship!.Id.ShouldBe(asked.Friendship.Id, "a pair has one row for good");
        (await _store.Load(Ann, Bob)).ShouldBe(again);
    }

    [Fact]
    public async Task A_change_and_its_events_are_one_in_the_order_of_the_facts()
    {
        await _store.Befriend(Bob, Ann);
        await _store.Block(Bob, Ann);
        await _store.Unblock(Bob, Ann);
        await _store.Request(Ann, Bob);
        await _store.Block(Ann, Bob);
        await _store.Block(Ann, Bob);

        (await _store.Events()).ShouldBe([
            "FriendRequestSent 3", "FriendRequestAccepted 3", "FriendDeleted 3", "UserBlocked 3", "UserUnblocked 3",
            "FriendRequestSent 3", "FriendRequestCancelled 3", "UserBlocked 3",
        ]);
    }

    [Fact]
    public async Task A_refused_change_leaves_nothing_behind()
    {
        await Should.ThrowAsync<AppError>(() => _store.Relations.Change(Pair.Create(Ann, Bob), Ann, (relation, now) =>
        {
            FriendRules.ThrowUnlessAllowed(relation.MayEnd());
            return relation.End(now);
        }));

        (await _store.Load(Ann, Bob)).ShouldBe(Relation.None(Pair.Create(Ann, Bob)));
        (await _store.Events()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Crossing_requests_at_once_make_one_friendship()
    {
        for (long pair = 0; pair < 50; pair++)
        {
            var (low, high) = (2 * pair + 1, 2 * pair + 2);
            await Task.WhenAll(Command(low, high, 0), Command(high, low, 0), Command(low, high, 0), Command(high, low, 0));
            (await _store.Load(low, high)).Friendship!.Status.ShouldBe(FriendshipStatus.Accepted);
        }
        (await Rows()).ShouldBe(50);
        (await _store.Events()).Count(name => name.StartsWith("FriendRequestAccepted", StringComparison.Ordinal)).ShouldBe(50);
    }

    [Fact]
    public async Task Whatever_two_people_command_at_once_there_is_one_row_and_a_valid_state()
    {
        const int pairs = 20;
        const int commands = 200;
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var plan = Enumerable.Range(0, pairs * commands)
            .Select(_ => (Pair: random.Next(pairs), Swap: random.Next(2) == 0, Command: random.Next(6))).ToList();

        await Parallel.ForEachAsync(plan, new ParallelOptions { MaxDegreeOfParallelism = 32, CancellationToken = Ct }, async (step, _) =>
        {
            var (a, b) = (step.Pair * 2 + 1, step.Pair * 2 + 2);
            await (step.Swap ? Command(b, a, step.Command) : Command(a, b, step.Command));
        });

        for (var pair = 0; pair < pairs; pair++)
        {
            var relation = await _store.Load(pair * 2 + 1, pair * 2 + 2);
            if (relation.IsBlocked) (relation.Friendship is { IsPending: true } or { IsAccepted: true }).ShouldBeFalse($"seed {seed}");
        }
        (await Rows()).ShouldBeLessThanOrEqualTo(pairs, $"seed {seed}");
        await EventsShouldTellTheState(pairs, seed);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A consumer of the events must reach the same state as the store.</summary>
    private async Task EventsShouldTellTheState(int pairs, int seed)
    {
        var last = new Dictionary<string, string>();
        var blocks = new Dictionary<string, int>();
        foreach (var e in await _store.Events())
        {
            var (name, key) = (e.Split(' ')[0], e.Split(' ')[1]);
            if (name == "UserBlocked") blocks[key] = blocks.GetValueOrDefault(key) + 1;
            else if (name == "UserUnblocked") blocks[key] = blocks.GetValueOrDefault(key) - 1;
            else last[key] = name;
        }
        for (var pair = 0; pair < pairs; pair++)
        {
            var relation = await _store.Load(pair * 2 + 1, pair * 2 + 2);
            var key = $"{pair * 2 + 1}";
            blocks.GetValueOrDefault(key)
                .ShouldBe((relation.BlockOfLow is null ? 0 : 1) + (relation.BlockOfHigh is null ? 0 : 1), $"seed {seed}");
            last.GetValueOrDefault(key).ShouldBe(relation.Friendship?.Status switch
            {
                null => null,
                FriendshipStatus.Pending => "FriendRequestSent",
                FriendshipStatus.Ended => "FriendDeleted",
                { } status => $"FriendRequest{status}",
            }, $"seed {seed}");
        }
    }

    private async Task Command(long actor, long other, int command)
    {
        try
        {
            await _store.Relations.Change(Pair.Create(actor, other), actor, (relation, now) => Run(relation, actor, command, now));
        }
        catch (AppError error) when (error.Kind is ErrorKind.Forbidden or ErrorKind.NotFound or ErrorKind.Conflict)
        {
            // The other user was faster, or there is nothing to do: the rules cover these cases.
        }
    }

    private static Relation Run(Relation relation, long actor, int command, DateTimeOffset now)
    {
        FriendRules.ThrowUnlessAllowed(command switch
        {
            0 => relation.MayRequest(actor),
            1 => relation.MayAnswer(actor),
            2 => relation.MayCancel(actor),
            3 => relation.MayEnd(),
            4 => FriendRule.Allowed,
            _ => relation.MayUnblock(actor),
        });
        return command switch
        {
            0 => relation.Request(actor, null, now),
            1 => relation.Accept(now),
            2 => relation.Cancel(now),
            3 => relation.End(now),
            4 => relation.Block(actor, now),
            _ => relation.Unblock(actor),
        };
    }

    private ValueTask<long> Rows() => _store.SqlStore.Read(reader => reader.First<long>("SELECT COUNT(*) FROM friendships"), Ct);
}

public sealed class RelationStoreTests() : RelationStoreSuite(TestEngine.Sqlite);

[Engines]
public sealed class RelationStoreMariaDbTests() : RelationStoreSuite(TestEngine.MariaDb);
