using BigTech.Friends.Storage;
using BigTech.Tests.Integration.Sql;

namespace BigTech.Tests.Integration.Friends;

public abstract class FriendListsSuite(TestEngine engine) : IDisposable
{
    protected const long Me = 50;
    private protected readonly FriendsStore _store = new(engine);

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Friends_with_lower_and_higher_ids_are_in_one_list_newest_first()
    {
        foreach (var friend in new long[] { 60, 40, 70, 30 }) await _store.Befriend(friend, Me);
        await _store.Request(Me, 80);
        await _store.Befriend(30, 40);

        var page = await _store.Lists.Friends(Me, FriendListPlace.Start, 10, Ct);

        page.Items.Select(friend => friend.UserId).ShouldBe([30, 70, 40, 60]);
        page.Total.ShouldBe(4);
        page.Next.ShouldBeNull();
        (await _store.Lists.AllFriends(Me, Ct)).Select(friend => friend.UserId).ShouldBe([30, 40, 60, 70], ignoreOrder: true);
    }

    [Fact]
    public async Task The_directory_knows_who_of_many_are_friends_now()
    {
        foreach (var friend in new long[] { 60, 40, 70 }) await _store.Befriend(friend, Me);
        await _store.Request(Me, 80);
        await _store.Block(70, Me);
        var directory = new FriendDirectory(_store.SqlStore);

        var asked = Enumerable.Range(1000, 1000).Select(id => (long)id).Concat([40, 60, 70, 80, 90, Me]).ToList();
        (await directory.FindFriends(Me, asked, Ct)).ShouldBe([40, 60], ignoreOrder: true);
        (await directory.FindFriends(60, [Me, 40], Ct)).ShouldBe([Me]);
        (await directory.FindFriends(Me, [], Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Pages_show_everything_once()
    {
        for (long friend = 1; friend <= 9; friend++) await _store.Befriend(Me, friend * 10 + 1);

        var seen = new List<long>();
        FriendListPlace? place = FriendListPlace.Start;
        while (place is { } from)
        {
            var page = await _store.Lists.Friends(Me, from, 4, Ct);
            seen.AddRange(page.Items.Select(friend => friend.UserId));
            page.Total.ShouldBe(9);
            place = page.Next;
        }

        seen.ShouldBe([91, 81, 71, 61, 51, 41, 31, 21, 11]);
    }

    [Fact]
    public async Task Requests_are_listed_by_direction_while_they_are_open()
    {
        await _store.Request(Me, 60);
        await _store.Request(40, Me);
        await _store.Befriend(Me, 70);
        await _store.Request(Me, 80);
        await _store.Block(80, Me);

        var (sent, received) = await _store.Lists.OpenRequests(Me, FriendListPlace.Start, FriendListPlace.Start, 10, Ct);

        sent.Items.Select(request => request.AddresseeId).ShouldBe([60]);
        received.Items.Select(request => request.RequesterId).ShouldBe([40]);
        (sent.Total, received.Total).ShouldBe((1, 1));
        (await _store.Lists.OpenRequests(Me, FriendListPlace.End, FriendListPlace.Start, 10, Ct)).Sent.Items.ShouldBeEmpty();
        (await _store.Lists.Received(Me, FriendListPlace.Start, 10, Ct)).Items.ShouldBe(received.Items);
    }

    [Fact]
    public async Task Only_ones_own_blocks_are_listed()
    {
        await _store.Block(Me, 60);
        await _store.Block(70, Me);
        await _store.Block(Me, 40);
        await _store.Unblock(Me, 60);

        var page = await _store.Lists.Blocked(Me, FriendListPlace.Start, 10, Ct);

        page.Items.Select(block => block.BlockedId).ShouldBe([40]);
        page.Total.ShouldBe(1);
    }

    public void Dispose()
    {
        _store.Dispose();
        GC.SuppressFinalize(this);
    }
}

public sealed class FriendListsTests() : FriendListsSuite(TestEngine.Sqlite)
{
    [Theory]
    [InlineData("FriendsPageSql")]
    [InlineData("SentPageSql")]
    [InlineData("ReceivedPageSql")]
    [InlineData("BlockedPageSql")]
    public async Task No_list_walks_a_whole_table(string query)
    {
        var field = typeof(FriendLists).GetField(query, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static);
        var sql = field.ShouldNotBeNull().GetRawConstantValue() as string;

        var plan = await _store.SqlStore.Read(reader => reader.Query<PlanStep>(
            $"EXPLAIN QUERY PLAN {sql}", new { userId = Me, At = long.MaxValue, Id = long.MaxValue, limit = 10 }), Ct);

        plan.ShouldNotContain(step => step.Detail.Contains("SCAN friendships", StringComparison.Ordinal)
            || step.Detail.Contains("SCAN blocks", StringComparison.Ordinal), string.Join('\n', plan.Select(step => step.Detail)));
    }
}

[Engines]
public sealed class FriendListsMariaDbTests() : FriendListsSuite(TestEngine.MariaDb);
