namespace BigTech.WebClient.State;

/// <summary>A room in the list of rooms.</summary>
public sealed class RoomEntry(Room room)
{
    public Room Room { get; private set; } = room;

    public long Id => Room.Id;

    // By user, when they are believed to have stopped. The clock of the browser need not be the server's.
    private readonly Dictionary<long, DateTimeOffset> _typing = [];

    /// <summary>How long a member writes on after the last event about it.</summary>
    public static readonly TimeSpan TypingLifetime = TimeSpan.FromSeconds(6);

    /// <summary>Who writes at this moment.</summary>
    public IEnumerable<long> Typists => _typing.Where(typist => typist.Value > DateTimeOffset.UtcNow).Select(typist => typist.Key);

    public bool IsGroup => Room.RoomType == RoomTypes.Group;

    /// <summary>What the room is called: a group by its name, a 1:1 room by the other user.</summary>
    public string NameFor(long userId) => Room.Name ?? Other(userId)?.DisplayName ?? "";

    /// <summary>The other user of a 1:1 room.</summary>
    public RoomMember? Other(long userId) => IsGroup ? null : Room.Members.FirstOrDefault(member => member.UserId != userId);

    /// <summary>What a member is called; null for a user who is none, or is not known yet.</summary>
    public string? NameOf(long userId) => Room.Members.FirstOrDefault(member => member.UserId == userId)?.DisplayName;

    /// <summary>Takes a snapshot, unless what is known is newer.</summary>
    /// <returns>Whether it was taken.</returns>
    public bool Replace(Room room)
    {
        if (room.Version < Room.Version) return false;
        Room = room;
        return true;
    }

    /// <summary>Takes another number of unread messages.</summary>
    public void CountUnread(long count) => Room = Room with { UnreadCount = count };

    /// <summary>Applies an event of the room, unless a snapshot has it.</summary>
    /// <param name="me">The signed-in user.</param>
    /// <returns>What the event leaves open.</returns>
    public Missing Apply(RoomEvent change, long me)
    {
        if (change is not TypingChanged)
        {
            if (change.Version <= Room.Version) return Missing.Nothing;
            Room = Room with { Version = change.Version };
        }
        switch (change)
        {
            case RoomChanged { Room: var changed }:
                // An event has no members.
                Room = Room with { Name = changed.Name, UpdatedAt = changed.UpdatedAt };
                break;
            case MessageChanged { Change: MessageChange.Created, Message: var message }:
                Add(message, me);
                break;
            case MessageChanged { Message: var message }:
                if (Room.LastMessage?.Id == message.Id) Room = Room with { LastMessage = message };
                return message.IsDeleted && message.UserId != me && Room.UnreadCount > 0 ? Missing.Unread : Missing.Nothing;
            case ReadPositionChanged read:
                Move(read.UserId, read.ReadSeq);
                if (read.UserId != me) break;
                if (read.ReadSeq < Room.LastSeq) return Missing.Unread;
                Room = Room with { UnreadCount = 0 };
                break;
            case MemberChanged member:
                Apply(member);
                return member.Change == MemberChanges.Joined ? Missing.Members : Missing.Nothing;
            case TypingChanged { IsTyping: true } typing:
                _typing[typing.UserId] = DateTimeOffset.UtcNow + TypingLifetime;
                break;
            case TypingChanged typing:
                _typing.Remove(typing.UserId);
                break;
            default:
                break;
        }
        return Missing.Nothing;
    }

    private void Add(Message message, long me)
    {
        _typing.Remove(message.UserId);
        if (message.Seq <= Room.LastSeq) return;
        var isUnread = message.UserId != me && message.MessageType != MessageTypes.System;
        Room = Room with
        {
            LastMessage = message,
            LastSeq = message.Seq,
            LastActivityAt = message.CreatedAt,
            UnreadCount = message.UserId == me && message.MessageType != MessageTypes.System ? 0 : Room.UnreadCount + (isUnread ? 1 : 0),
        };
        // Its author has read up to it.
        if (message.MessageType != MessageTypes.System) Move(message.UserId, message.Seq);
    }

    private void Move(long userId, long seq) => Room = Room with
    {
        Members =
        [
            .. Room.Members.Select(
                member => member.UserId == userId && member.ReadSeq < seq ? member with { ReadSeq = seq } : member),
        ],
    };

    private void Apply(MemberChanged change)
    {
        _typing.Remove(change.UserId);
        var isKnown = Room.Members.Any(member => member.UserId == change.UserId);
        Room = change.Change switch
        {
            MemberChanges.Left => Room with
            {
                Members = [.. Room.Members.Where(member => member.UserId != change.UserId)],
                MemberCount = Math.Max(0, Room.MemberCount - 1),
            },
            MemberChanges.Joined when !isKnown => Room with
            {
                Members =
                [
                    .. Room.Members, new RoomMember
                    {
                        UserId = change.UserId, Username = change.Username, DisplayName = change.Username,
                        Role = change.Role ?? MemberRoles.Member, ReadSeq = Room.LastSeq, JoinedSeq = Room.LastSeq,
                    },
                ],
                MemberCount = Room.MemberCount + 1,
            },
            _ => Room with
            {
                Members =
                [
                    .. Room.Members.Select(
                        member => member.UserId == change.UserId ? member with { Role = change.Role ?? member.Role } : member),
                ],
            },
        };
    }
}

/// <summary>What is to be asked for after an event.</summary>
public enum Missing
{
    /// <summary>The event says all.</summary>
    Nothing,

    /// <summary>How many messages are unread.</summary>
    Unread,

    /// <summary>The names of the members.</summary>
    Members,
}

/// <summary>The values of <see cref="MemberChanged.Change"/>.</summary>
internal static class MemberChanges
{
    public const string Joined = "joined", Left = "left";
}
