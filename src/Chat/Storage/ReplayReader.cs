using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Storage;

/// <summary>
/// The changes of a room after a version. Rows carry the version of their last change, so these are range reads without a second log. A
/// message that is new to the client appears at the version at which it was sent, which keeps the messages in order, and again at its last
/// change if that came later. Several changes of one message in between become one.
/// </summary>
/// <param name="Room">The room at the time of the read.</param>
/// <param name="Events">Ordered by version.</param>
internal sealed record ReplayReader(Room Room, List<ReplayEntry> Events)
{
    private const string MembersSql = """
        SELECT user_id, joined_version, read_version, read_seq, role_version, left_version FROM members
        WHERE room_id = @roomId AND (joined_version > @from OR read_version > @from OR role_version > @from OR left_version > @from)
        """;

    /// <summary>Null when there is no such room.</summary>
    /// <param name="since">Below 0 for a listener who does not know the room: its creation comes first, with its first members.</param>
    public static async ValueTask<ReplayReader?> Since(ChatStore store, long roomId, long since, CancellationToken ct)
    {
        var from = Math.Max(0, since);
        // The room is read first and bounds the messages that are read: later changes go to the live streams.
        var read = await store.Sql.Read(
            async reader => await RoomRows.Load(reader, roomId) is { } room ? (room, await reader.Query<MemberRow>(MembersSql, new { roomId, from })) : default, ct);
        if (read.room is not { } found) return null;
        // Its content may be half erased.
        if (found.DeletedVersion is { } deleted) return new ReplayReader(found, deleted > since ? [new ReplayEntry(deleted, ReplayKind.RoomDeleted, 0, 0)] : []);
        var events = await store.Messages.Read(messages => messages.Changes(found, from), ct);
        foreach (var row in read.Item2)
        {
            if (row.Left_Version is { } left)
            {
                if (left > from) events.Add(new ReplayEntry(left, ReplayKind.MemberLeft, 0, row.User_Id));
                continue;
            }
            if (row.Joined_Version > from) events.Add(new ReplayEntry(row.Joined_Version, ReplayKind.MemberJoined, 0, row.User_Id));
            if (row.Role_Version > from) events.Add(new ReplayEntry(row.Role_Version, ReplayKind.RoleChanged, 0, row.User_Id));
            if (row.Read_Version > from) events.Add(new ReplayEntry(row.Read_Version, ReplayKind.Read, row.Read_Seq, row.User_Id));
        }
        if (found.InfoVersion > since) events.Add(new ReplayEntry(found.InfoVersion, ReplayKind.RoomChanged, 0, 0));
        events.Sort(static (a, b) => a.Version.CompareTo(b.Version));
        return new ReplayReader(found, events);
    }

    private sealed record MemberRow(long User_Id, long Joined_Version, long Read_Version, long Read_Seq, long Role_Version, long? Left_Version);
}
