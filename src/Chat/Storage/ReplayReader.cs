using BigTech.BuildingBlocks.Storage.Sql;
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
        WHERE room_id = @roomId AND (joined_version > @since OR read_version > @since OR role_version > @since OR left_version > @since)
        """;

    // A change between the two reads needs another room; documents without their commit may stay ahead of it for as long as nothing is
    // written.
    private const int MaxAttempts = 50;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Null when there is no such room.</summary>
    public static async ValueTask<ReplayReader?> Since(ChatStore store, long roomId, long since, CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var replay = await Read(store, roomId, since, ct);
            if (replay is null || !replay.Events.Exists(replay.IsBeyondRoom)) return replay;
            if (attempt < MaxAttempts)
            {
                await Task.Delay(Pause, ct);
                continue;
            }
            replay.Events.RemoveAll(replay.IsBeyondRoom);
            return replay;
        }
    }

    private bool IsBeyondRoom(ReplayEntry e) => e.Version > Room.Version;

    private static async ValueTask<ReplayReader?> Read(ChatStore store, long roomId, long since, CancellationToken ct)
    {
        var (room, members, changes) = await store.Sql.Read(ReadRows, ct);
        if (room is null) return null;
        // Its content may be half erased.
        if (room.DeletedVersion is { } deleted)
        {
            return new ReplayReader(room, deleted > since ? [new ReplayEntry(deleted, ReplayKind.RoomDeleted, 0, 0)] : []);
        }
        var events = changes ?? await store.Messages.Read(messages => messages.Changes(room, since), ct);
        foreach (var member in members) AddMember(events, member, since);
        if (room.InfoVersion > since) events.Add(new ReplayEntry(room.InfoVersion, ReplayKind.RoomChanged, 0, 0));
        events.Sort(static (a, b) => a.Version.CompareTo(b.Version));
        return new ReplayReader(room, events);

        // The room bounds what is read: later changes go to the live streams.
        async ValueTask<(Room?, List<MemberRow>, List<ReplayEntry>?)> ReadRows(ReadSession reader)
        {
            if (await RoomRows.Load(reader, roomId) is not { } found) return (null, [], null);
            var rows = await reader.Query<MemberRow>(MembersSql, new { roomId, since });
            return (found, rows, store.Messages.In(reader) is { } messages ? await messages.Changes(found, since) : null);
        }
    }

    private static void AddMember(List<ReplayEntry> events, MemberRow row, long since)
    {
        if (row.Left_Version is { } left)
        {
            if (left > since) events.Add(new ReplayEntry(left, ReplayKind.MemberLeft, 0, row.User_Id));
            return;
        }
        if (row.Joined_Version > since) events.Add(new ReplayEntry(row.Joined_Version, ReplayKind.MemberJoined, 0, row.User_Id));
        if (row.Role_Version > since) events.Add(new ReplayEntry(row.Role_Version, ReplayKind.RoleChanged, 0, row.User_Id));
        if (row.Read_Version > since) events.Add(new ReplayEntry(row.Read_Version, ReplayKind.Read, row.Read_Seq, row.User_Id));
    }

    private sealed record MemberRow(
        long User_Id, long Joined_Version, long Read_Version, long Read_Seq, long Role_Version, long? Left_Version);
}
