using System.Collections.Immutable;

namespace BigTech.Chat.Domain;

internal enum RoomType
{
    Direct,
    Group,
}

internal enum MemberRole
{
    Member,
    Admin,
    Owner,
}

/// <summary>A user's membership of a room.</summary>
/// <param name="JoinedSeq">Messages up to this one were sent before they joined, and never count for them.</param>
/// <param name="ReadSeq">The last message that they have read.</param>
/// <param name="ReadOrdinal">How many of the room's countable messages they have read.</param>
/// <param name="HasWritten">Whether they have sent a message to the room, and so opened it for answers.</param>
internal sealed record Member(
    long UserId, MemberRole Role, DateTimeOffset JoinedAt, long JoinedSeq, long JoinedVersion, long ReadSeq, long ReadOrdinal,
    long ReadVersion, bool HasWritten = false)
{
    /// <summary>The room's version before the first change that their streams show.</summary>
    public long SeesFrom => Math.Max(0, JoinedVersion - 1);
}

/// <summary>The result of checking a change.</summary>
internal enum RoomRule
{
    Allowed,
    NotAMember,
    NotAGroup,
    NotAnAdmin,
    NotTheOwner,
    OwnerNeeded,
    TargetNotAMember,
    TargetOutranks,
    TooManyMembers,
}

/// <summary>
/// A chat room with its members and counters. Immutable: a change returns a new room, so readers never see a partial change and a
/// transaction that rolls back leaves nothing behind. <see cref="LastSeq"/> numbers the messages, <see cref="Version"/> all changes.
/// </summary>
internal sealed record Room(
    long Id,
    RoomType Type,
    string? Name,
    long CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    DateTimeOffset LastActivityAt,
    long LastSeq,
    long Ordinal,
    long Version,
    long InfoVersion,
    long? DeletedVersion,
    ImmutableDictionary<long, Member> Members)
{
    public const int MaxGroupMembers = 1000;
    public const int MaxNameLength = 100;
    public const int MaxPins = 100;

    public bool IsDeleted => DeletedVersion is not null;

    public bool HasMember(long userId) => Members.ContainsKey(userId);

    /// <summary>The countable messages behind a member's read position, deleted ones included.</summary>
    public long UnreadOf(long userId) => Members.TryGetValue(userId, out var member) ? Ordinal - member.ReadOrdinal : 0;

    /// <summary>The same for both users of the pair.</summary>
    public static string DirectKey(long a, long b) => $"{Math.Min(a, b)}:{Math.Max(a, b)}";

    /// <summary>
    /// Gives a message the next place. Authors have read what they send, so the author's read position moves to it. System messages are
    /// never unread.
    /// </summary>
    /// <param name="draft">See <see cref="Message.Draft"/>; a place that it has already is replaced.</param>
    public (Room Room, Message Message) Post(Message draft)
    {
        var posted = this with
        {
            LastSeq = LastSeq + 1,
            Ordinal = draft.IsSystem ? Ordinal : Ordinal + 1,
            Version = Version + 1,
            LastActivityAt = draft.CreatedAt > LastActivityAt ? draft.CreatedAt : LastActivityAt,
        };
        // The author of a system message may have left in the same change.
        if (!draft.IsSystem && Members.TryGetValue(draft.UserId, out var author))
        {
            posted = posted with
            {
                Members = Members.SetItem(draft.UserId,
                author with { ReadSeq = posted.LastSeq, ReadOrdinal = posted.Ordinal, HasWritten = true })
            };
        }
        var message = draft with
        {
            RoomId = Id,
            Seq = posted.LastSeq,
            Ordinal = posted.Ordinal,
            Version = posted.Version,
            CreatedVersion = posted.Version,
        };
        return (posted, message);
    }

    /// <summary>Counts a change of an existing message.</summary>
    public Room Touch() => this with { Version = Version + 1 };

    /// <summary>The same, with the message at the version of its change.</summary>
    public (Room Room, Message Message) Change(Message message)
    {
        var room = Touch();
        return (room, message with { Version = room.Version });
    }

    /// <summary>Moves a member's read position forward; the same room when it is at that position or beyond.</summary>
    public Room Read(long userId, long seq, long ordinal)
    {
        var member = Members[userId];
        if (seq <= member.ReadSeq) return this;
        var version = Version + 1;
        return this with
        {
            Version = version,
            Members = Members.SetItem(userId, member with { ReadSeq = seq, ReadOrdinal = ordinal, ReadVersion = version }),
        };
    }

    /// <summary>An admin or the owner renames a group, and manages its invite links.</summary>
    public RoomRule MayAdminister(long actorId)
    {
        if (Type != RoomType.Group) return RoomRule.NotAGroup;
        if (!Members.TryGetValue(actorId, out var actor)) return RoomRule.NotAMember;
        return actor.Role >= MemberRole.Admin ? RoomRule.Allowed : RoomRule.NotAnAdmin;
    }

    public Room Rename(string name, DateTimeOffset now) => ChangeInfo(now) with { Name = name };

    /// <summary>Counts a change of what all members see of the room: its name, or its pinned messages.</summary>
    public Room ChangeInfo(DateTimeOffset now) => this with { Version = Version + 1, InfoVersion = Version + 1, UpdatedAt = now };

    public RoomRule MayAdd(long actorId, int count)
    {
        if (Type != RoomType.Group) return RoomRule.NotAGroup;
        if (!Members.TryGetValue(actorId, out _)) return RoomRule.NotAMember;
        return Members.Count + count > MaxGroupMembers ? RoomRule.TooManyMembers : RoomRule.Allowed;
    }

    public Room Add(long userId, DateTimeOffset now)
    {
        var version = Version + 1;
        var member = new Member(userId, MemberRole.Member, now, LastSeq, version, LastSeq, Ordinal, 0);
        return this with { Version = version, UpdatedAt = now, Members = Members.Add(userId, member) };
    }

    /// <summary>Any member may leave; an admin removes members, the owner admins too.</summary>
    public RoomRule MayRemove(long actorId, long targetId)
    {
        if (Type != RoomType.Group) return RoomRule.NotAGroup;
        if (!Members.TryGetValue(actorId, out var actor)) return RoomRule.NotAMember;
        if (!Members.TryGetValue(targetId, out var target)) return RoomRule.TargetNotAMember;
        if (actorId == targetId) return RoomRule.Allowed;
        if (actor.Role < MemberRole.Admin) return RoomRule.NotAnAdmin;
        return actor.Role > target.Role ? RoomRule.Allowed : RoomRule.TargetOutranks;
    }

    /// <summary>Removes a member; see <see cref="Heir"/> for what follows when they were the owner.</summary>
    public Room Remove(long userId, DateTimeOffset now) =>
        this with { Version = Version + 1, UpdatedAt = now, Members = Members.Remove(userId) };

    /// <summary>The next owner of a group without one; null when it has an owner, or no members.</summary>
    public Member? Heir() => Type == RoomType.Direct || Members.Values.Any(m => m.Role == MemberRole.Owner)
        ? null
        : Members.Values.OrderByDescending(m => m.Role).ThenBy(m => m.JoinedVersion).ThenBy(m => m.UserId).FirstOrDefault();

    /// <summary>The owner gives roles, and passes on their own: a group has one owner at any time.</summary>
    public RoomRule MayChangeRole(long actorId, long targetId, MemberRole role)
    {
        if (Type != RoomType.Group) return RoomRule.NotAGroup;
        if (!Members.TryGetValue(actorId, out var actor)) return RoomRule.NotAMember;
        if (!Members.ContainsKey(targetId)) return RoomRule.TargetNotAMember;
        if (actor.Role != MemberRole.Owner) return RoomRule.NotTheOwner;
        return actorId == targetId && role != MemberRole.Owner ? RoomRule.OwnerNeeded : RoomRule.Allowed;
    }

    public Room ChangeRole(long userId, MemberRole role, DateTimeOffset now) => this with
    {
        Version = Version + 1,
        UpdatedAt = now,
        Members = Members.SetItem(userId, Members[userId] with { Role = role }),
    };

    /// <summary>The owner deletes a group.</summary>
    public RoomRule MayDeleteRoom(long actorId)
    {
        if (Type != RoomType.Group) return RoomRule.NotAGroup;
        if (!Members.TryGetValue(actorId, out var actor)) return RoomRule.NotAMember;
        return actor.Role == MemberRole.Owner ? RoomRule.Allowed : RoomRule.NotTheOwner;
    }

    /// <summary>Removes all members of a group at one version, its last one.</summary>
    public Room Delete(DateTimeOffset now) => this with
    {
        Version = Version + 1,
        UpdatedAt = now,
        DeletedVersion = Version + 1,
        Members = ImmutableDictionary<long, Member>.Empty,
    };

    /// <summary>Whether a user may delete a message: always its author, in a group the admins too.</summary>
    public bool MayDelete(long actorId, long authorId) =>
        actorId == authorId || (Type == RoomType.Group && Members.TryGetValue(actorId, out var actor) && actor.Role >= MemberRole.Admin);

    /// <summary>A room as it is before its first message.</summary>
    public static Room Create(long id, RoomType type, string? name, long creatorId, IEnumerable<long> others, DateTimeOffset now)
    {
        var members = others.Append(creatorId).Distinct().ToImmutableDictionary(
            userId => userId,
            userId => new Member(
                userId, type == RoomType.Group && userId == creatorId ? MemberRole.Owner : MemberRole.Member, now, 0, 0, 0, 0, 0));
        return new Room(id, type, name, creatorId, now, now, now, 0, 0, 0, 0, null, members);
    }
}
