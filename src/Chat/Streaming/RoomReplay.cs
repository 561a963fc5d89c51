using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;

namespace BigTech.Chat.Streaming;

/// <summary>Sends a stream the changes of a room that its client missed, in the form of the live events.</summary>
internal sealed class RoomReplay(ChatStore store, ChatUserReadModel users)
{
    /// <summary>Beyond this many changes a client starts over (promise 3).</summary>
    public const long MaxGap = 10_000;

    private const int PageSize = 200;

    /// <summary>Writes the changes of a room after a version, page by page.</summary>
    /// <param name="callerId">The user of the stream, who must still be a member at every page.</param>
    /// <param name="flush">Sends a page; returns whether the replay may go on.</param>
    /// <returns>The version up to which the client now knows the room; null when the replay is too large.</returns>
    public async Task<long?> Send(
        long roomId, long since, long callerId, Action<StreamEvent> write, Func<Task<bool>> flush, CancellationToken ct)
    {
        var missed = await ReplayReader.Since(store, roomId, since, ct);
        foreach (var page in missed?.Events.Chunk(PageSize) ?? [])
        {
            RoomAccess.EnsureMember(await store.Find(roomId, ct), callerId);
            foreach (var e in await Render(missed!.Room, page, ct)) write(e);
            if (!await flush()) return null;
        }
        return missed?.Room.Version ?? since;
    }

    /// <summary>All changes of a room after a version, for listeners who are its members; null when there is no such room.</summary>
    public async Task<(long Version, List<StreamEvent> Changes)?> Read(long roomId, long since, CancellationToken ct)
    {
        if (await ReplayReader.Since(store, roomId, since, ct) is not { } missed) return null;
        var changes = new List<StreamEvent>(missed.Events.Count);
        foreach (var page in missed.Events.Chunk(PageSize)) changes.AddRange(await Render(missed.Room, page, ct));
        return (missed.Room.Version, changes);
    }

    /// <summary>The last event of a room for a user who is no longer in it; null when they are a member again.</summary>
    public async Task<StreamEvent?> Loss(long roomId, UserSession caller, CancellationToken ct)
    {
        if (await store.Sql.Read(reader => RoomRows.LeftAt(reader, roomId, caller.UserId), ct) is not { } version) return null;
        var isDeleted = (await store.Find(roomId, ct))?.DeletedVersion == version;
        return isDeleted
            ? RoomEvents.Deleted(roomId, version)
            : RoomEvents.Member(roomId, version, caller.UserId, caller.Username, RoomEvents.Left, null);
    }

    private async Task<List<StreamEvent>> Render(Room room, ReplayEntry[] page, CancellationToken ct)
    {
        var seqs = page.Where(m => m.Seq > 0).Select(m => m.Seq).Distinct().ToList();
        var messages = await store.Messages.Read(stored => stored.BySeq(room.Id, seqs), ct);
        await users.Find(
            [.. messages.Values.Select(m => m.UserId).Concat(page.Where(m => m.UserId > 0).Select(m => m.UserId)).Distinct()], ct);
        var positions = new ReadPositions(room);
        if (messages.Count < seqs.Count && await store.Find(room.Id, ct) is { IsDeleted: true })
        {
            // The room was deleted after the changes were read: its messages are being erased.
            page = [.. page.Where(missed => missed.Seq == 0 || messages.ContainsKey(missed.Seq))];
        }
        return [.. page.Select(missed => Render(room, missed, messages, positions))];
    }

    private StreamEvent Render(Room room, ReplayEntry missed, Dictionary<long, Message> messages, ReadPositions positions) =>
        missed.Kind switch
        {
            ReplayKind.MessageCreated => Created(room, missed, messages[missed.Seq], positions),
            ReplayKind.MessageChanged => Message(
                room, missed, messages[missed.Seq], positions,
                messages[missed.Seq].IsDeleted ? StreamEventNames.MessageDeleted : StreamEventNames.MessageUpdated),
            ReplayKind.Read => RoomEvents.Read(room.Id, missed.Version, missed.UserId, missed.Seq, messages[missed.Seq].Id),
            ReplayKind.MemberJoined =>
                RoomEvents.Member(
                room.Id, missed.Version, missed.UserId, users.Username(missed.UserId), RoomEvents.Joined, RoleOf(room, missed)),
            ReplayKind.MemberLeft => Left(room, missed),
            ReplayKind.RoleChanged => RoomEvents.Member(
                room.Id, missed.Version, missed.UserId, users.Username(missed.UserId), RoomEvents.RoleChanged, RoleOf(room, missed)),
            ReplayKind.RoomChanged => RoomEvents.Room(room, missed.Version),
            ReplayKind.RoomDeleted => RoomEvents.Deleted(room.Id, missed.Version),
            _ => throw new InvalidOperationException($"Unknown kind {missed.Kind}."),
        };

    private StreamEvent Created(Room room, ReplayEntry missed, Message message, ReadPositions positions) =>
        Message(
            room, missed, message, positions, StreamEventNames.MessageCreated) with
        { Author = message.IsSystem ? null : message.UserId };

    private StreamEvent Left(Room room, ReplayEntry missed)
    {
        var e = RoomEvents.Member(room.Id, missed.Version, missed.UserId, users.Username(missed.UserId), RoomEvents.Left, null);
        return e with { Removes = missed.UserId };
    }

    private static string? RoleOf(Room room, ReplayEntry missed) =>
        room.Members.TryGetValue(missed.UserId, out var member) ? Domain.ChatWireNames.NameOf(member.Role) : null;

    private StreamEvent Message(Room room, ReplayEntry missed, Message message, ReadPositions positions, string eventName) =>
        StreamEvent.Create(
        room.Id, missed.Version, eventName,
        RenderedMessage.Create(room.Id, missed.Version, MessageViews.Create(message, positions, users.Username(message.UserId))).Data);
}
