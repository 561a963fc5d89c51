using BigTech.Chat.Domain;
using BigTech.Platform.Sql;

namespace BigTech.Chat.Storage;

/// <summary>Messages as rows.</summary>
internal static class MessageRows
{
    private const string Columns =
        "id, room_id, seq, ordinal, version, created_version, user_id, type, content, reply_to, client_message_id, created_at, edited_at, deleted_at";

    private const string InsertSql = """
        INSERT INTO messages (id, room_id, seq, ordinal, version, created_version, user_id, type, content, reply_to, client_message_id, request_hash, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
        ON CONFLICT (room_id, user_id, client_message_id) WHERE client_message_id IS NOT NULL DO NOTHING
        """;

    private const string ChangeSql = """
        UPDATE messages SET content = @Content, version = @Version, edited_at = @editedAt, deleted_at = @deletedAt WHERE id = @Id
        """;

    /// <summary>Stores a message; false when this author has used its client id in the room before.</summary>
    public static bool TryInsert(WriteSession session, Message message, byte[]? requestHash) => 1 == session.Execute(
        session.Prepared(InsertSql).Bind(1, message.Id).Bind(2, message.RoomId).Bind(3, message.Seq).Bind(4, message.Ordinal)
            .Bind(5, message.Version).Bind(6, message.UserId).Bind(7, message.Type).Bind(8, message.Content).Bind(9, message.ReplyTo)
            .Bind(10, message.ClientMessageId).Bind(11, requestHash).Bind(12, message.CreatedAt.ToDb()));

    public static void SaveChange(WriteSession session, Message message) => session.Execute(
        ChangeSql, new { message.Content, message.Version, editedAt = message.EditedAt?.ToDb(), deletedAt = message.DeletedAt?.ToDb(), message.Id });

    public static Message? Find(SqlSession session, string id) =>
        session.First<Row>($"SELECT {Columns} FROM messages WHERE id = @id", new { id })?.ToMessage();

    public static Message? At(SqlSession session, long roomId, long seq) =>
        session.First<Row>($"SELECT {Columns} FROM messages WHERE room_id = @roomId AND seq = @seq", new { roomId, seq })?.ToMessage();

    /// <summary>The message that an author sent under a client id, with the hash of that first request.</summary>
    public static (Message Message, byte[] RequestHash)? FindByClientId(SqlSession session, long roomId, long userId, string clientMessageId)
    {
        const string where = "WHERE room_id = @roomId AND user_id = @userId AND client_message_id = @clientMessageId";
        var keys = new { roomId, userId, clientMessageId };
        return session.First<Row>($"SELECT {Columns} FROM messages {where}", keys)?.ToMessage() is { } message
            ? (message, session.First<byte[]>($"SELECT request_hash FROM messages {where}", keys)!)
            : null;
    }

    /// <summary>Up to <paramref name="limit"/> messages below a seq, newest first.</summary>
    public static List<Message> Before(SqlSession session, long roomId, long seq, int limit, int skip = 0) => session.Prepared(
        $"SELECT {Columns} FROM messages WHERE room_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3 OFFSET ?4")
        .Bind(1, roomId).Bind(2, seq).Bind(3, limit).Bind(4, skip).Query(ReadRow);

    /// <summary>Up to <paramref name="limit"/> messages above a seq, oldest first.</summary>
    public static List<Message> After(SqlSession session, long roomId, long seq, int limit) => session.Prepared(
        $"SELECT {Columns} FROM messages WHERE room_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
        .Bind(1, roomId).Bind(2, seq).Bind(3, limit).Query(ReadRow);

    /// <summary>The newest of some messages; null unless all of them are of the room.</summary>
    public static Message? Newest(SqlSession session, long roomId, IReadOnlyCollection<string> ids)
    {
        var found = Read(session, $"SELECT {Columns} FROM messages WHERE id IN @ids AND room_id = @roomId", new { ids, roomId });
        return found.Count == ids.Distinct().Count() ? found.MaxBy(message => message.Seq) : null;
    }

    /// <summary>The messages with these places in a room, by seq.</summary>
    public static Dictionary<long, Message> BySeq(SqlSession session, long roomId, IReadOnlyCollection<long> seqs) => Read(
        session, $"SELECT {Columns} FROM messages WHERE room_id = @roomId AND seq IN @seqs", new { roomId, seqs }).ToDictionary(m => m.Seq);

    private static Message ReadRow(Statement row) => new(
        row.Text(0), row.Number(1), row.Number(2), row.Number(3), row.Number(4), row.Number(5), row.Number(6), row.Text(7), row.Text(8),
        row.OptionalText(9), row.OptionalText(10), DbTime.FromDb(row.Number(11)), DbTime.FromDb(row.OptionalNumber(12)),
        DbTime.FromDb(row.OptionalNumber(13)));

    private static List<Message> Read(SqlSession session, string sql, object parameters) =>
        session.Query<Row>(sql, parameters).ConvertAll(row => row.ToMessage());

    private sealed record Row(
        string Id, long Room_Id, long Seq, long Ordinal, long Version, long Created_Version, long User_Id, string Type, string Content,
        string? Reply_To, string? Client_Message_Id, long Created_At, long? Edited_At, long? Deleted_At)
    {
        public Message ToMessage() => new(
            Id, Room_Id, Seq, Ordinal, Version, Created_Version, User_Id, Type, Content, Reply_To, Client_Message_Id,
            DbTime.FromDb(Created_At), DbTime.FromDb(Edited_At), DbTime.FromDb(Deleted_At));
    }
}
