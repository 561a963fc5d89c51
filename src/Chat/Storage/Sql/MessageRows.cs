using System.Text;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;

namespace BigTech.Chat.Storage.Sql;

internal static class MessageRows
{
    private static readonly DialectSql ByIdSql = Select("WHERE id = @id");
    private static readonly DialectSql AtSql = JsonRowSet.Joined(["in_room", "at_seq"], given => $"""
        SELECT ordinal, version, created_version, client_message_id, body
        FROM {given} messages ON room_id = given.in_room AND seq = given.at_seq
        """);

    private static readonly DialectSql AmongIdsSql = Select("WHERE id IN @ids AND room_id = @roomId");
    private static readonly DialectSql ByClientIdSql = Select(OfClientId);

    private const string OfClientId = "WHERE room_id = @roomId AND user_id = @userId AND client_message_id = @clientMessageId";

    private const string StoredColumns = "seq, user_id, client_message_id, body";

    private const string Into =
        "INSERT INTO messages (id, room_id, seq, ordinal, version, created_version, user_id, client_message_id, request_hash, body) "
        + "VALUES ";

    private const string InsertedRow = "(?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7, ?8, ?9)";

    private static readonly BulkInsert InsertSql = new(
        Sqlite: $"{Into}{InsertedRow} ON CONFLICT (room_id, user_id, client_message_id) WHERE client_message_id IS NOT NULL DO NOTHING",
        Into, InsertedRow, TailAlone: " ON DUPLICATE KEY UPDATE row_id = row_id");

    private static readonly DialectSql EraseSql = EraseFrom("messages");
    private static readonly DialectSql EraseChangedSql = EraseFrom("changed_messages");

    // There are at most as many new messages as there were changes, so only that many of the newest are checked.
    private const string CreatedSql = """
        SELECT seq, created_version AS version FROM messages
        WHERE room_id = @Id AND seq > @from AND seq <= @LastSeq AND created_version > @since
        """;

    private const string ChangedSql =
        "SELECT seq, version FROM changed_messages WHERE room_id = @Id AND version > @since AND seq <= @LastSeq";

    private static readonly DialectSql CountDeletedSql = JsonRowSet.Joined(["in_room", "read_seq", "last_seq"], given => $"""
        SELECT room_id, COUNT(*) FROM {given} changed_messages
            ON room_id = given.in_room AND seq > given.read_seq AND seq <= given.last_seq
        WHERE is_deleted = 1 GROUP BY room_id
        """);

    /// <summary>Stores a message; false when this author has used its client id in the room before.</summary>
    public static bool TryInsert(UnitOfWork work, Message message, byte[] body, byte[]? requestHash) => 1 == work.Execute(
        work.Batch(InsertSql).Bind(1, message.Id).Bind(2, message.RoomId).Bind(3, message.Seq).Bind(4, message.Ordinal)
            .Bind(5, message.Version).Bind(6, message.UserId).Bind(7, message.ClientMessageId).Bind(8, requestHash).Bind(9, body));

    public static void SaveChange(UnitOfWork work, Message message, byte[] body)
    {
        work.Execute("UPDATE messages SET version = @Version, body = @body WHERE id = @Id", new { message.Version, body, message.Id });
        work.Execute(
            "REPLACE INTO changed_messages (room_id, seq, version, is_deleted) VALUES (@RoomId, @Seq, @Version, @isDeleted)",
            new { message.RoomId, message.Seq, message.Version, isDeleted = message.IsDeleted ? 1 : 0 });
    }

    /// <summary>Deletes up to <paramref name="most"/> messages of a room, and the rows of their changes.</summary>
    /// <returns>Whether any may remain.</returns>
    public static bool Erase(UnitOfWork work, long roomId, int most)
    {
        var messages = work.Execute(EraseSql, new { roomId, most });
        return Math.Max(messages, work.Execute(EraseChangedSql, new { roomId, most })) == most;
    }

    public static async ValueTask<Message?> Find(ReadSession reader, string id) =>
        (await reader.First<Row>(ByIdSql, new { id }))?.ToMessage();

    /// <summary>The messages with these places in rooms.</summary>
    public static ValueTask<List<Message>> At(ReadSession reader, IEnumerable<(long RoomId, long Seq)> places) =>
        reader.Prepared(AtSql).Bind(1, JsonRowSet.From(places)).Query(row => MessageBody.ToMessage(
            MessageBody.View(row.Bytes(4)), row.Number(0), row.Number(1), row.Number(2),
            row.OptionalBytes(3) is { } clientId ? Encoding.UTF8.GetString(clientId) : null));

    /// <summary>The message that an author sent under a client id, with the hash of that first request.</summary>
    public static (Message Message, byte[] RequestHash)? FindByClientId(UnitOfWork work, long roomId, long userId, string clientMessageId)
    {
        var keys = new { roomId, userId, clientMessageId };
        return work.First<Row>(ByClientIdSql, keys)?.ToMessage() is { } message
            ? (message, work.First<byte[]>($"SELECT request_hash FROM messages {OfClientId}", keys)!)
            : null;
    }

    /// <summary>Up to <paramref name="limit"/> messages below a seq, newest first.</summary>
    public static ValueTask<List<StoredMessage>> Before(ReadSession reader, long roomId, long seq, int limit, int skip = 0) =>
        reader.Prepared(
        $"SELECT {StoredColumns} FROM messages WHERE room_id = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3 OFFSET ?4")
        .Bind(1, roomId).Bind(2, seq).Bind(3, limit).Bind(4, skip).Query(ReadStored);

    /// <summary>Up to <paramref name="limit"/> messages above a seq, oldest first.</summary>
    public static ValueTask<List<StoredMessage>> After(ReadSession reader, long roomId, long seq, int limit) => reader.Prepared(
        $"SELECT {StoredColumns} FROM messages WHERE room_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3")
        .Bind(1, roomId).Bind(2, seq).Bind(3, limit).Query(ReadStored);

    /// <summary>The newest of the given messages; null unless all of them are in the room.</summary>
    public static async ValueTask<Message?> Newest(ReadSession reader, long roomId, IReadOnlyCollection<string> ids)
    {
        var found = (await reader.Query<Row>(AmongIdsSql, new { ids, roomId })).ConvertAll(row => row.ToMessage());
        return found.Count == ids.Distinct().Count() ? found.MaxBy(message => message.Seq) : null;
    }

    /// <inheritdoc cref="IMessageReader.CountDeleted"/>
    public static async ValueTask<Dictionary<long, long>> CountDeleted(ReadSession reader, IReadOnlyCollection<UnreadPlaces> places)
    {
        var given = JsonRowSet.From(places.Select(place => (place.Room.Id, place.ReadSeq, place.Room.LastSeq)));
        return (await reader.Prepared(CountDeletedSql).Bind(1, given).Query(row => (Room: row.Number(0), Count: row.Number(1))))
            .ToDictionary(row => row.Room, row => row.Count);
    }

    /// <inheritdoc cref="IMessageReader.Changes"/>
    public static async ValueTask<List<ReplayEntry>> Changes(ReadSession reader, Room room, long since)
    {
        var bounds = new { room.Id, room.LastSeq, since, from = room.LastSeq - (room.Version - since) };
        var created = (await reader.Query<VersionRow>(CreatedSql, bounds))
            .Select(row => new ReplayEntry(row.Version, ReplayKind.MessageCreated, row.Seq, 0));
        var changed = (await reader.Query<VersionRow>(ChangedSql, bounds))
            .Select(row => new ReplayEntry(row.Version, ReplayKind.MessageChanged, row.Seq, 0));
        return [.. created, .. changed];
    }

    private static StoredMessage ReadStored(Statement row) => new(row.Number(0), row.Number(1), row.OptionalBytes(2), row.Bytes(3));

    private static DialectSql EraseFrom(string table) => new(
        Sqlite: $"DELETE FROM {table} WHERE room_id = @roomId AND seq IN (SELECT seq FROM {table} WHERE room_id = @roomId LIMIT @most)",
        MySql: $"DELETE FROM {table} WHERE room_id = @roomId LIMIT @most");

    // A server stores client ids as bytes.
    private static DialectSql Select(string where) => new(
        Sqlite: $"SELECT ordinal, version, created_version, client_message_id, body FROM messages {where}",
        MySql: $"""
            SELECT ordinal, version, created_version, CAST(client_message_id AS CHAR) AS client_message_id, body FROM messages {where}
            """);

    private sealed record VersionRow(long Seq, long Version);

    private sealed record Row(long Ordinal, long Version, long Created_Version, string? Client_Message_Id, byte[] Body)
    {
        public Message ToMessage() => MessageBody.ToMessage(MessageBody.View(Body), Ordinal, Version, Created_Version, Client_Message_Id);
    }
}
