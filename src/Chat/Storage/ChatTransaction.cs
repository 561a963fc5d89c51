using BigTech.BuildingBlocks.Events;
using BigTech.BuildingBlocks.Storage.Mongo;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage.Coherence;
using BigTech.Chat.Storage.Sql;
using BigTech.Contracts;
using BigTech.Contracts.Chat;
using BigTech.Contracts.Json;

namespace BigTech.Chat.Storage;

/// <summary>
/// One use case's part of a commit. It sees rooms with all earlier changes of the same transaction, and passes each change to the store,
/// the outbox and (after the commit) the live streams in one call.
/// </summary>
internal readonly struct ChatTransaction(
    UnitOfWork work, IMessageWriter messages, PendingRooms pending, IRoomPublisher publisher, ChatUserReadModel users)
{
    private static readonly string MessageTopic = Topics.Message;

    public UnitOfWork Session => work;

    public IMessageWriter Messages => messages;

    public DateTimeOffset Now => work.Now;

    /// <summary>The room as it is now, for a member; the caller's membership may have ended since the request came in.</summary>
    /// <exception cref="AppError">404, 403.</exception>
    public Room Enter(long roomId, long callerId) => RoomAccess.EnsureMember(pending.Find(work, roomId), callerId);

    public Room? Find(long roomId) => pending.Find(work, roomId);

    /// <summary>Records a room's new state; its counters, and the position of a reader who moved, are written with the commit.</summary>
    public void Save(Room room, long? movedReader = null) => pending.Save(room, movedReader);

    /// <summary>Stores a room's new name or pins (<see cref="Room.ChangeInfo"/>), and publishes the change.</summary>
    public void SaveInfo(Room room, long actorId)
    {
        RoomRows.SaveInfo(work, room);
        Save(room);
        Append(new ChatRoomUpdated(room.Id, room.Version, room.Name, actorId, room.UpdatedAt));
        Publish(RoomEvents.Room(room, room.Version));
    }

    /// <summary>Adds a user to a group and publishes it; their streams of all rooms follow it from the commit on.</summary>
    public Room AddMember(Room room, long userId, string username, long actorId)
    {
        room = room.Add(userId, Now);
        var member = room.Members[userId];
        RoomRows.SaveMember(work, room.Id, member);
        Save(room);
        Append(new MemberJoined(room.Id, room.Version, userId, actorId, ChatWireNames.NameOf(member.Role), member.JoinedAt));
        AddToStreams([userId], room, member.JoinedVersion - 1);
        Publish(RoomEvents.Member(room.Id, room.Version, userId, username, RoomEvents.Joined, ChatWireNames.NameOf(member.Role)));
        return room;
    }

    /// <summary>Stores a new message and publishes it.</summary>
    /// <param name="room">The room after <see cref="Room.Post"/>, with the message from there.</param>
    /// <returns>Null when the author has used its client id in the room before; nothing is stored then.</returns>
    public RenderedMessage? Post(Room room, Message message, string username, byte[]? requestHash = null)
    {
        var rendered = RenderedMessage.Create(room.Id, room.Version, MessageViews.CreateNew(message, room, username));
        if (!messages.TryInsert(message, rendered.Body, requestHash)) return null;
        PublishNew(room, message, rendered);
        return rendered;
    }

    /// <summary>A message as it is.</summary>
    public RenderedMessage Render(Room room, Message message) => RenderedMessage.Create(
        room.Id, room.Version, MessageViews.Create(message, new ReadPositions(room), users.Username(message.UserId)));

    /// <summary>Stores a changed message and publishes it.</summary>
    public RenderedMessage Change(Room room, Message message)
    {
        var rendered = SaveChange(room, message, users.Username(message.UserId));
        PublishChange(room, message, rendered);
        return rendered;
    }

    /// <summary>Stores a message with a changed reaction, and publishes only that: the message may be long, its listeners many.</summary>
    public RenderedMessage ChangeReaction(Room room, Message message, ReactionChange change) =>
        ChangeReaction(room, message, users.Username(message.UserId), change);

    /// <summary>Commits a message that the store has and its room does not count; see <see cref="Coherence.RollForward"/>.</summary>
    public void RollForward(UncommittedMessage uncommitted)
    {
        var roomId = uncommitted.Message.RoomId;
        var before = Find(roomId) ?? throw new DocumentStoreUnavailableException(
            $"The store of messages has one of room {roomId}, which is not in this database: they do not belong together.");
        foreach (var step in Coherence.RollForward.Apply(before, uncommitted))
        {
            if (step.Reaction is { } reaction) ChangeReaction(step.Room, step.Message, uncommitted.Username, reaction);
            else RollForward(step, uncommitted.Username);
        }
    }

    private void RollForward(RolledForward step, string username)
    {
        var (room, message) = (step.Room, step.Message);
        var view = step.IsNew
            ? MessageViews.CreateNew(message, room, username)
            : MessageViews.Create(message, new ReadPositions(room), username);
        var rendered = RenderedMessage.Create(room.Id, room.Version, view);
        // Also when nothing else has changed: its event gets a position other than the one by which it was found.
        messages.SaveChange(message, rendered.Body);
        if (step.IsNew)
        {
            PublishNew(room, message, rendered);
            return;
        }
        Save(room);
        PublishChange(room, message, rendered);
    }

    /// <summary>Writes a system message, such as "A added B".</summary>
    public Room PostSystem(Room room, UserSession actor, string content)
    {
        var (posted, message) = room.Post(Message.Draft(work.NewId(), actor.UserId, MessageTypes.System, content, Now));
        Post(posted, message, actor.Username);
        return posted;
    }

    /// <summary>The id of a new message: it sorts after all earlier ones.</summary>
    public string NewId() => work.NewId();

    /// <summary>Appends an integration event to the outbox.</summary>
    public void Append<TEvent>(TEvent e) where TEvent : IIntegrationEvent => work.Append(e);

    /// <summary>Sends a change to the streams that are in the room when it commits.</summary>
    public void Publish(StreamEvent e)
    {
        var to = publisher;
        work.AfterCommit(() => to.Publish(e));
    }

    /// <summary>After the commit the users' streams of all rooms receive the room and its changes.</summary>
    /// <param name="since">The room's version before the first of them.</param>
    public void AddToStreams(IEnumerable<long> userIds, Room room, long since)
    {
        var to = publisher;
        work.AfterCommit(() => to.AddMembers(userIds, room, since));
    }

    private RenderedMessage ChangeReaction(Room room, Message message, string username, ReactionChange change)
    {
        var rendered = SaveChange(room, message, username, change);
        var e = new ReactionChanged(room.Id, room.Version, message.Id, message.Seq, change.UserId, change.Emoji, change.Change);
        AppendAndPublish(room, ReactionChanged.WireName, StreamEventNames.ReactionChanged, EventJson.Serialize(e));
        return rendered;
    }

    private RenderedMessage SaveChange(Room room, Message message, string username, ReactionChange? reaction = null)
    {
        var rendered = RenderedMessage.Create(room.Id, room.Version, MessageViews.Create(message, new ReadPositions(room), username));
        messages.SaveChange(message, rendered.Body, reaction);
        Save(room);
        return rendered;
    }

    private void PublishNew(Room room, Message message, RenderedMessage rendered)
    {
        var author = message.IsSystem ? (long?)null : message.UserId;
        Save(room, author);
        AppendAndPublish(room, MessageSent.WireName, StreamEventNames.MessageCreated, rendered.Data, author);
    }

    private void PublishChange(Room room, Message message, RenderedMessage rendered)
    {
        if (!message.IsDeleted)
        {
            AppendAndPublish(room, MessageEdited.WireName, StreamEventNames.MessageUpdated, rendered.Data);
            return;
        }
        // This event also shows that a pinned message is pinned no longer.
        PinRows.Delete(work, room.Id, message.Seq);
        AppendAndPublish(room, MessageDeleted.WireName, StreamEventNames.MessageDeleted, rendered.Data);
    }

    // The data of the event and of the stream are the same bytes; the response to the sender and the stored body are parts of them.
    private void AppendAndPublish(Room room, string wireName, string eventName, byte[] data, long? author = null)
    {
        work.Append(MessageTopic, room.Id.ToString(System.Globalization.CultureInfo.InvariantCulture), wireName, data);
        Publish(StreamEvent.Create(room.Id, room.Version, eventName, data) with { Author = author });
    }
}
