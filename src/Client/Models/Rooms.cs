namespace BigTech.Chat.Client;

/// <summary>A room as one of its members sees it.</summary>
public sealed record Room
{
    /// <summary>The id of the room in all calls.</summary>
    public long Id { get; init; }

    /// <summary>The name of a group; null for a 1:1 room, which is called by the other user's name.</summary>
    public string? Name { get; init; }

    /// <summary>One of <see cref="RoomTypes"/>.</summary>
    public string RoomType { get => field ?? ""; init; }

    /// <summary>The user who created it.</summary>
    public long CreatedBy { get; init; }

    /// <summary>All members of a single room, the first ones in lists.</summary>
    public IReadOnlyList<RoomMember> Members { get => field ?? []; init; }

    /// <summary>How many members it has.</summary>
    public int MemberCount { get; init; }

    /// <summary>The newest message, null in an empty room.</summary>
    public Message? LastMessage { get; init; }

    /// <summary>How many messages the caller has not read, their own not counted.</summary>
    public long UnreadCount { get; init; }

    /// <summary>The <see cref="Message.Seq"/> of the newest message.</summary>
    public long LastSeq { get; init; }

    /// <summary>How many changes the room has had: events of a stream with this version or a lower one are in it already.</summary>
    public long Version { get; init; }

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When its name or its members last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The order of lists: newest first.</summary>
    public DateTimeOffset LastActivityAt { get; init; }
}

/// <summary>The values of <see cref="Room.RoomType"/>.</summary>
public static class RoomTypes
{
    /// <summary>A room of two.</summary>
    public const string Direct = "direct";

    /// <summary>A group of up to 1,000.</summary>
    public const string Group = "group";
}

/// <summary>A member of a room.</summary>
public sealed record RoomMember
{
    /// <summary>The id of the user.</summary>
    public long UserId { get; init; }

    /// <inheritdoc cref="UserProfile.Username"/>
    public string Username { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.DisplayName"/>
    public string DisplayName { get => field ?? ""; init; }

    /// <inheritdoc cref="UserProfile.ProfileImageUrl"/>
    public string? ProfileImageUrl { get; init; }

    /// <summary>One of <see cref="MemberRoles"/>.</summary>
    public string Role { get => field ?? ""; init; }

    /// <summary>The <see cref="Message.Seq"/> up to which they have read.</summary>
    public long ReadSeq { get; init; }

    /// <summary>The <see cref="Message.Seq"/> after which they joined.</summary>
    public long JoinedSeq { get; init; }

    /// <summary>When they joined.</summary>
    public DateTimeOffset JoinedAt { get; init; }
}

/// <summary>The values of <see cref="RoomMember.Role"/>.</summary>
public static class MemberRoles
{
    /// <summary>May do everything, also delete the group.</summary>
    public const string Owner = "owner";

    /// <summary>May rename the group, remove members and delete messages.</summary>
    public const string Admin = "admin";

    /// <summary>May read and write.</summary>
    public const string Member = "member";
}

/// <summary>A page of rooms, latest activity first.</summary>
public sealed record RoomPage
{
    /// <summary>The rooms of this page.</summary>
    public IReadOnlyList<Room> Rooms { get => field ?? []; init; }

    /// <summary>How many there are on all pages.</summary>
    public int TotalCount { get; init; }

    /// <summary>The cursor of the next page, null on the last one.</summary>
    public string? NextCursor { get; init; }
}

/// <summary>A link that lets users join a group.</summary>
public sealed record InviteLink
{
    /// <summary>For <see cref="RoomsApi.RevokeInviteLink"/>.</summary>
    public long Id { get; init; }

    /// <summary>For <see cref="RoomsApi.Join"/>.</summary>
    public string Code { get => field ?? ""; init; }

    /// <summary>The group.</summary>
    public long RoomId { get; init; }

    /// <summary>The member who made it.</summary>
    public long CreatedBy { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; init; }

    /// <summary>How many users may join by it, null without a limit.</summary>
    public long? MaxUses { get; init; }

    /// <summary>How many users have joined by it.</summary>
    public long Uses { get; init; }
}

/// <summary>The open links of a group.</summary>
public sealed record InviteLinkList
{
    /// <summary>The links.</summary>
    public IReadOnlyList<InviteLink> InviteLinks { get => field ?? []; init; }
}
