using BigTech.BuildingBlocks.Core;
using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.Chat.Domain;
using BigTech.Chat.Features;
using BigTech.Chat.Streaming;
using BigTech.Contracts;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Storage;

/// <summary>
/// One use case's part of a commit. It sees rooms with all earlier changes of the same transaction, and passes each change to the store,
/// the outbox and (after the commit) the live streams in one call.
/// </summary>
internal readonly struct ChatTransaction(
    UnitOfWork work, IMessageWriter messages, PendingRooms pending, RoomHub hub, ChatUserReadModel users)
{
    private static readonly string MessageTopic = Topics.Message;

    public UnitOfWork Session => work;

    public IMessageWriter Messages => messages;

    public DateTimeOffset Now => work.Now;

    /// <summary>The room as it is now, for a member; the caller's membership may have ended since the request came in.</summary>
    /// <exception cref="AppError">404, 403.</exception>
    public Room Enter(long roomId, long callerId) => RoomAccess.Check(pending.Find(work, roomId), callerId);

    public Room? Find(long roomId) => pending.Find(work, roomId);

    /// <summary>Records a room's new state; its counters, and the position of a reader who moved, are written with the commit.</summary>
    public void Save(Room room, long? movedReader = null) => pending.Save(room, movedReader);

    /// <summary>Stores a room's new name or pins (<see cref="Room.Tell"/>), and publishes the change.</summary>
    public void SaveInfo(Room room, long actorId)
    {
        RoomRows.SaveInfo(work, room);
        Save(room);
        Append(new ChatRoomUpdated(room.Id, room.Version, room.Name, actorId, room.UpdatedAt));
        Publish(RoomEvents.Room(room));
    }

    /// <summary>Adds a user to a group and publishes it; their streams of all rooms follow it from the commit on.</summary>
    public Room Admit(Room room, long userId, string username, long actorId)
    {
        room = room.Add(userId, Now);
        var member = room.Members[userId];
        RoomRows.SaveMember(work, room.Id, member);
        Save(room);
        Append(new MemberJoined(room.Id, room.Version, userId, actorId, ChatWireNames.Of(member.Role), member.JoinedAt));
        AfterCommit(to => to.AddMember(userId, room.Id, member.JoinedVersion - 1));
        Publish(RoomEvents.Member(room.Id, room.Version, userId, username, "joined", ChatWireNames.Of(member.Role)));
        return room;
    }

    /// <summary>Stores a new message and publishes it.</summary>
    /// <param name="room">The room after <see cref="Room.Post"/>.</param>
    /// <returns>Null when the author has used its client id in the room before; nothing is stored then.</returns>
    public RenderedMessage? Post(Room room, Message message, string username, byte[]? requestHash = null)
    {
        var rendered = RenderedMessage.Of(room.Id, room.Version, MessageViews.OfNew(message, room, username));
        if (!messages.TryInsert(message, rendered.Body, requestHash)) return null;
        Save(room, message.IsSystem ? null : message.UserId);
        Tell(room, MessageSent.WireName, "message.created", rendered.Data, AuthorOf(message));
        return rendered;
    }

    /// <summary>Stores a changed message and publishes it.</summary>
    public RenderedMessage Change(Room room, Message message)
    {
        var rendered = SaveChange(room, message, users.Username(message.UserId));
        TellOfChange(room, message, rendered);
        return rendered;
    }

    /// <summary>Stores a message with a changed reaction, and publishes only that: the message may be long, its listeners many.</summary>
    public RenderedMessage ChangeReaction(Room room, Message message, ReactionChange change) =>
        ChangeReaction(room, message, users.Username(message.UserId), change);

    /// <summary>
    /// Brings a room up to a message that the store has and the room does not count: its place and version are the room's next ones. If
    /// another change has taken them since, it moves up: no client has seen them. A message of a deleted room is erased with it.
    /// </summary>
    public void RollForward(UncommittedMessage uncommitted)
    {
        var found = uncommitted.Message;
        var before = Find(found.RoomId) ?? throw new DocumentStoreGoneException(
            $"The store of messages has one of room {found.RoomId}, which is not in this database: they do not belong together.");
        if (before.IsDeleted) return;
        var isNew = found.Seq > before.LastSeq;
        if (!isNew && uncommitted.Reactions.Count > 0)
        {
            RollForwardReactions(before, uncommitted);
            return;
        }
        var room = isNew ? before.Post(found.UserId, countable: !found.IsSystem, found.CreatedAt) : before.Touch();
        var message = isNew
            ? found with { Seq = room.LastSeq, Ordinal = room.Ordinal, Version = room.Version, CreatedVersion = room.Version }
            : found with { Version = room.Version };
        var view = isNew
            ? MessageViews.OfNew(message, room, uncommitted.Username)
            : MessageViews.Of(message, new ReadPositions(room), uncommitted.Username);
        var rendered = RenderedMessage.Of(room.Id, room.Version, view);
        // Also when nothing else has changed: its event gets a position other than the one by which it was found.
        messages.SaveChange(message, rendered.Body);
        Save(room, isNew && !message.IsSystem ? message.UserId : null);
        if (isNew) Tell(room, MessageSent.WireName, "message.created", rendered.Data, AuthorOf(message));
        else TellOfChange(room, message, rendered);
    }

    /// <summary>Writes a system message, such as "A added B".</summary>
    public Room PostSystem(Room room, Caller actor, string content)
    {
        var posted = room.Post(actor.UserId, countable: false, Now);
        Post(posted, NewMessage(posted, actor.UserId, MessageTypes.System, content, null, null), actor.Username);
        return posted;
    }

    /// <summary>A message at the place that <see cref="Room.Post"/> took.</summary>
    public Message NewMessage(Room posted, long authorId, string type, string content, string? replyTo, string? clientMessageId) => new(
        work.NewId(), posted.Id, posted.LastSeq, posted.Ordinal, posted.Version, posted.Version, authorId,
        type, content, replyTo, clientMessageId, Now, null, null);

    /// <summary>Appends an integration event to the outbox.</summary>
    public void Append<TEvent>(TEvent e) where TEvent : IIntegrationEvent => work.Append(e);

    /// <summary>Sends a change to the streams that are in the room when it commits.</summary>
    public void Publish(StreamEvent e)
    {
        var to = hub;
        work.AfterCommit(() => to.Publish(e));
    }

    /// <summary>Runs after the commit: the live streams of some users join or leave the room.</summary>
    public void AfterCommit(Action<RoomHub> action)
    {
        var to = hub;
        work.AfterCommit(() => action(to));
    }

    private void RollForwardReactions(Room room, UncommittedMessage uncommitted)
    {
        foreach (var change in uncommitted.Reactions)
        {
            room = room.Touch();
            ChangeReaction(room, uncommitted.Message with { Version = room.Version }, uncommitted.Username, change);
        }
    }

    private RenderedMessage ChangeReaction(Room room, Message message, string username, ReactionChange change)
    {
        var rendered = SaveChange(room, message, username, change);
        var e = new ReactionChanged(room.Id, room.Version, message.Id, message.Seq, change.UserId, change.Emoji, change.Change);
        Tell(room, ReactionChanged.WireName, "reaction.changed", EventJson.Serialize(e));
        return rendered;
    }

    private RenderedMessage SaveChange(Room room, Message message, string username, ReactionChange? reaction = null)
    {
        var rendered = RenderedMessage.Of(room.Id, room.Version, MessageViews.Of(message, new ReadPositions(room), username));
        messages.SaveChange(message, rendered.Body, reaction);
        Save(room);
        return rendered;
    }

    private void TellOfChange(Room room, Message message, RenderedMessage rendered)
    {
        if (!message.IsDeleted)
        {
            Tell(room, MessageEdited.WireName, "message.updated", rendered.Data);
            return;
        }
        // This event also shows that a pinned message is pinned no longer.
        PinRows.Delete(work, room.Id, message.Seq);
        Tell(room, MessageDeleted.WireName, "message.deleted", rendered.Data);
    }

    // The data of the event and of the stream are the same bytes; the response to the sender and the stored body are parts of them.
    private void Tell(Room room, string wireName, string eventName, byte[] data, long? author = null)
    {
        work.Append(MessageTopic, room.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), wireName, data);
        Publish(StreamEvent.Create(room.Id, room.Version, eventName, data) with { Author = author });
    }

    private static long? AuthorOf(Message message) => message.IsSystem ? null : message.UserId;
}
