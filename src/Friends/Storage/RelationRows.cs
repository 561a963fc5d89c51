using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Friends.Domain;

namespace BigTech.Friends.Storage;

/// <summary>Friendships and blocks as rows.</summary>
internal static class RelationRows
{
    private const string FriendshipColumns = "id, low_id, high_id, status, requester_id, message, requested_at, changed_at";

    private const string ByPairSql = $"SELECT {FriendshipColumns} FROM friendships WHERE low_id = @Low AND high_id = @High";

    private const string PairSql = "SELECT low_id, high_id FROM friendships WHERE id = @id";

    private const string VersionSql = "SELECT version FROM friendships_state WHERE id = 1";

    private const string BlocksSql = """
        SELECT blocker_id, blocked_id, blocked_at FROM blocks
        WHERE (blocker_id = @Low AND blocked_id = @High) OR (blocker_id = @High AND blocked_id = @Low)
        """;

    private const string InsertSql = """
        INSERT INTO friendships (low_id, high_id, status, requester_id, addressee_id, message, requested_at, changed_at, version)
        VALUES (@Low, @High, @status, @RequesterId, @AddresseeId, @Message, @requestedAt, @changedAt, @version)
        """;

    private const string UpdateSql = """
        UPDATE friendships SET status = @status, requester_id = @RequesterId, addressee_id = @AddresseeId, message = @Message,
            requested_at = @requestedAt, changed_at = @changedAt, version = @version
        WHERE id = @Id
        """;

    public static Relation Load(UnitOfWork work, Pair pair)
    {
        var friendship = work.First<FriendshipRow>(ByPairSql, new { pair.Low, pair.High })?.ToFriendship();
        var blocks = work.Query<BlockRow>(BlocksSql, new { pair.Low, pair.High }).ConvertAll(row => row.ToBlock());
        return new Relation(
            pair, friendship, blocks.Find(block => block.BlockerId == pair.Low), blocks.Find(block => block.BlockerId == pair.High));
    }

    /// <summary>The pair of a friendship; null if the id is unknown.</summary>
    public static async ValueTask<Pair?> FindPair(ReadSession reader, long friendshipId) =>
        await reader.First<PairRow>(PairSql, new { id = friendshipId }) is { } row ? Pair.Create(row.Low_Id, row.High_Id) : null;

    /// <summary>Counts every change of any friendship.</summary>
    public static async ValueTask<long> Version(ReadSession reader) => (await reader.Prepared(VersionSql).Query(row => row.Number(0)))[0];

    /// <summary>The version of a change that follows in this transaction.</summary>
    public static long NextVersion(UnitOfWork work)
    {
        work.Execute("UPDATE friendships_state SET version = version + 1 WHERE id = 1");
        return Version(work).Now();
    }

    /// <summary>
    /// The time of a change. Consumers keep the later of a block and its end, so the time must not go back with the clock.
    /// </summary>
    public static DateTimeOffset NotBeforeTheLastBlock(UnitOfWork work, DateTimeOffset now)
    {
        var last = DbTime.FromDb(work.First<long>("SELECT time FROM block_clock WHERE id = 1"));
        return now > last ? now : last;
    }

    /// <summary>Records the time of the last block or unblock.</summary>
    public static void SetTimeOfTheLastBlock(UnitOfWork work, DateTimeOffset now) =>
        work.Execute("UPDATE block_clock SET time = @time WHERE id = 1", new { time = now.ToDb() });

    /// <summary>Stores a friendship, and returns it with its id.</summary>
    public static Friendship Save(UnitOfWork work, Friendship friendship, long version)
    {
        var values = new
        {
            friendship.Id,
            friendship.Pair.Low,
            friendship.Pair.High,
            status = FriendWireNames.NameOf(friendship.Status),
            friendship.RequesterId,
            friendship.AddresseeId,
            friendship.Message,
            requestedAt = friendship.RequestedAt.ToDb(),
            changedAt = friendship.ChangedAt.ToDb(),
            version,
        };
        if (friendship.Id == 0) return friendship with { Id = work.Insert(InsertSql, values) };
        work.Execute(UpdateSql, values);
        return friendship;
    }

    public static void Save(UnitOfWork work, Block block) => work.Execute(
        "INSERT INTO blocks (blocker_id, blocked_id, blocked_at) VALUES (@BlockerId, @BlockedId, @at)",
        new { block.BlockerId, block.BlockedId, at = block.At.ToDb() });

    public static void Delete(UnitOfWork work, Block block) =>
        work.Execute("DELETE FROM blocks WHERE blocker_id = @BlockerId AND blocked_id = @BlockedId", block);

    private sealed record PairRow(long Low_Id, long High_Id);

    private sealed record BlockRow(long Blocker_Id, long Blocked_Id, long Blocked_At)
    {
        public Block ToBlock() => new(Blocker_Id, Blocked_Id, DbTime.FromDb(Blocked_At));
    }
}

/// <summary>The row of a friendship; its columns are those that every query selects.</summary>
internal sealed record FriendshipRow(
    long Id, long Low_Id, long High_Id, string Status, long Requester_Id, string? Message, long Requested_At, long Changed_At)
{
    public Friendship ToFriendship() => new(
        Id, Pair.Create(Low_Id, High_Id), FriendWireNames.Status(Status), Requester_Id, Message, DbTime.FromDb(Requested_At),
        DbTime.FromDb(Changed_At));
}
