using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;

namespace BigTech.Chat.Storage.Sql;

/// <summary>Invite links as rows. A link that ended stays for a while, so that a member who joined by it may repeat the request.</summary>
internal static class InviteLinkRows
{
    private const string Columns = "id, code, room_id, created_by, created_at, expires_at, max_uses, uses";

    public static async ValueTask<InviteLink?> Find(ReadSession reader, string code) =>
        (await reader.First<Row>($"SELECT {Columns} FROM invite_links WHERE code = @code", new { code }))?.ToLink();

    /// <summary>The open links of a room, the newest first.</summary>
    public static async ValueTask<List<InviteLink>> OpenOf(ReadSession reader, long roomId, DateTimeOffset now)
    {
        var rows = await reader.Query<Row>(
            $"""
            SELECT {Columns} FROM invite_links
            WHERE room_id = @roomId AND expires_at > @now AND (max_uses IS NULL OR uses < max_uses) ORDER BY id DESC
            """,
            new { roomId, now = now.ToDb() });
        return rows.ConvertAll(row => row.ToLink());
    }

    /// <summary>A link of a room; null when the room has none of that id.</summary>
    public static InviteLink? Find(UnitOfWork work, long roomId, long id) =>
        work.First<Row>($"SELECT {Columns} FROM invite_links WHERE id = @id AND room_id = @roomId", new { id, roomId })?.ToLink();

    /// <summary>The number of stored links of a room: the open ones, and those that ended recently.</summary>
    public static long CountOf(UnitOfWork work, long roomId) =>
        work.First<long>("SELECT COUNT(*) FROM invite_links WHERE room_id = @roomId", new { roomId });

    /// <summary>Stores a new link, and returns it with its id.</summary>
    public static InviteLink Insert(UnitOfWork work, InviteLink link) => link with
    {
        Id = work.Insert(
            """
            INSERT INTO invite_links (code, room_id, created_by, created_at, expires_at, max_uses, uses)
            VALUES (@Code, @RoomId, @CreatedBy, @createdAt, @expiresAt, @MaxUses, @Uses)
            """,
            new
            {
                link.Code,
                link.RoomId,
                link.CreatedBy,
                createdAt = link.CreatedAt.ToDb(),
                expiresAt = link.ExpiresAt.ToDb(),
                link.MaxUses,
                link.Uses
            }),
    };

    /// <summary>Stores a link's number of uses and its end.</summary>
    public static void Save(UnitOfWork work, InviteLink link) => work.Execute(
        "UPDATE invite_links SET uses = @Uses, expires_at = @expiresAt WHERE id = @Id",
        new { link.Uses, expiresAt = link.ExpiresAt.ToDb(), link.Id });

    /// <summary>Deletes the links of a room that expired before a time.</summary>
    public static void DeleteExpired(UnitOfWork work, long roomId, DateTimeOffset before) =>
        work.Execute("DELETE FROM invite_links WHERE room_id = @roomId AND expires_at < @before", new { roomId, before = before.ToDb() });

    private sealed record Row(
        long Id, string Code, long Room_Id, long Created_By, long Created_At, long Expires_At, long? Max_Uses, long Uses)
    {
        public InviteLink ToLink() =>
            new(Id, Code, Room_Id, Created_By, DbTime.FromDb(Created_At), DbTime.FromDb(Expires_At), Max_Uses, Uses);
    }
}
