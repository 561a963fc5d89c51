using BigTech.Chat.Domain;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>Invite links as rows. One that nobody can use any more goes when its group gets another.</summary>
internal static class InviteLinkRows
{
    private const string Columns = "code, room_id, created_by, created_at, expires_at, max_uses, uses";

    public static InviteLink? Find(SqlSession session, string code) =>
        session.First<Row>($"SELECT {Columns} FROM invite_links WHERE code = @code", new { code })?.ToLink();

    /// <summary>The links of a room, the newest first, with those that have expired or are used up.</summary>
    public static List<InviteLink> Of(SqlSession session, long roomId) =>
    [
        .. session.Query<Row>($"SELECT {Columns} FROM invite_links WHERE room_id = @roomId ORDER BY created_at DESC, code", new { roomId })
            .Select(row => row.ToLink()),
    ];

    public static void Insert(WriteSession session, InviteLink link) => session.Execute(
        $"INSERT INTO invite_links ({Columns}) VALUES (@Code, @RoomId, @CreatedBy, @createdAt, @expiresAt, @MaxUses, @Uses)",
        new { link.Code, link.RoomId, link.CreatedBy, createdAt = link.CreatedAt.ToDb(), expiresAt = link.ExpiresAt.ToDb(), link.MaxUses, link.Uses });

    public static void SaveUses(WriteSession session, InviteLink link) =>
        session.Execute("UPDATE invite_links SET uses = @Uses WHERE code = @Code", new { link.Uses, link.Code });

    /// <returns>Whether the room had it.</returns>
    public static bool Delete(WriteSession session, long roomId, string code) =>
        session.Execute("DELETE FROM invite_links WHERE code = @code AND room_id = @roomId", new { code, roomId }) > 0;

    private sealed record Row(string Code, long Room_Id, long Created_By, long Created_At, long Expires_At, long? Max_Uses, long Uses)
    {
        public InviteLink ToLink() => new(Code, Room_Id, Created_By, DbTime.FromDb(Created_At), DbTime.FromDb(Expires_At), Max_Uses, Uses);
    }
}
