using System.Globalization;
using System.Text.Json.Serialization;

namespace BigTech.Contracts.Chat;

/// <summary>A room was created, with its first members.</summary>
/// <param name="RoomType"><c>direct</c> or <c>group</c>.</param>
public sealed record ChatRoomCreated(
    long RoomId, string RoomType, string? Name, long CreatedBy, IReadOnlyList<long> MemberIds, DateTimeOffset CreatedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.ChatRoomCreated.v1";
    public static string Topic => Topics.Chat;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A room changed for all its members: the name of a group, or the pinned messages.</summary>
/// <param name="Name">The present name.</param>
public sealed record ChatRoomUpdated(long RoomId, long Version, string? Name, long UpdatedBy, DateTimeOffset UpdatedAt) : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.ChatRoomUpdated.v1";
    public static string Topic => Topics.Chat;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A user was added to a group, or joined by a link.</summary>
/// <param name="AddedBy">The user's own id when they joined by a link.</param>
public sealed record MemberJoined(long RoomId, long Version, long UserId, long AddedBy, string Role, DateTimeOffset JoinedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.MemberJoined.v1";
    public static string Topic => Topics.Chat;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A member left a group or was removed by <paramref name="RemovedBy"/>, or that user deleted the group.</summary>
/// <param name="Reason"><see cref="RoomDeleted"/>, or absent. A deleted group has one event for each member, all with one version.</param>
public sealed record MemberLeft(
    long RoomId, long Version, long UserId, long RemovedBy, DateTimeOffset LeftAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Reason = null) : IIntegrationEvent
{
    /// <summary>The reason for all members of a group that its owner deletes.</summary>
    public const string RoomDeleted = "room_deleted";

    public static string WireName => "bigtech.chat.MemberLeft.v1";
    public static string Topic => Topics.Chat;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A member has another role: <c>owner</c>, <c>admin</c> or <c>member</c>.</summary>
public sealed record MemberRoleChanged(long RoomId, long Version, long UserId, long ChangedBy, string Role, DateTimeOffset ChangedAt)
    : IIntegrationEvent
{
    public static string WireName => "bigtech.chat.MemberRoleChanged.v1";
    public static string Topic => Topics.Chat;
    string IIntegrationEvent.Key => RoomId.ToString(CultureInfo.InvariantCulture);
}
