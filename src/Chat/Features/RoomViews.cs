using System.ComponentModel.DataAnnotations;
using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Features;

/// <summary>A member of a room, as the other members see them.</summary>
/// <param name="UserId">The id of the user.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
/// <param name="DisplayName">The name to show.</param>
/// <param name="ProfileImageUrl">The address of the profile image; null without one.</param>
/// <param name="Role">
/// <c>owner</c> may do everything, also delete the group; <c>admin</c> may rename it, remove members and delete messages; <c>member</c> may
/// read and write.
/// </param>
/// <param name="ReadSeq">The <c>seq</c> of the message up to which they have read.</param>
/// <param name="JoinedSeq">The <c>seq</c> of the message after which they joined.</param>
/// <param name="JoinedAt">When they joined.</param>
internal sealed record MemberView(
    long UserId, string Username, string DisplayName, string? ProfileImageUrl,
    [property: AllowedValues(ChatWireNames.Owner, ChatWireNames.Admin, ChatWireNames.Member)] string Role,
    long ReadSeq, long JoinedSeq, DateTimeOffset JoinedAt);

/// <summary>A member of a room by the names of the API that this one follows.</summary>
/// <param name="Id">The id of the user.</param>
/// <param name="Username">The unique name: 3 to 50 letters, digits and underscores.</param>
internal readonly record struct ParticipantView(long Id, string Username);

/// <summary>A room as one of its members sees it.</summary>
/// <param name="Id">The id of the room in all requests.</param>
/// <param name="Name">The name of a group; null without one, and for a 1:1 room, which is called by the other user's name.</param>
/// <param name="RoomType"><c>direct</c>: a room of two. <c>group</c>: a group of up to 1,000.</param>
/// <param name="CreatedBy">The user who created it.</param>
/// <param name="Members">All of them for a single room; the first 50 in lists.</param>
/// <param name="MemberCount">How many members it has.</param>
/// <param name="LastMessage">The newest message; null in an empty room.</param>
/// <param name="UnreadCount">How many messages the caller has not read, their own not counted.</param>
/// <param name="LastSeq">The <c>seq</c> of the newest message.</param>
/// <param name="Version">How many changes the room has had: events of a stream with this version or a lower one are in it already.</param>
/// <param name="CreatedAt">When it was created.</param>
/// <param name="UpdatedAt">When its name or its members last changed.</param>
/// <param name="LastActivityAt">The order of lists: newest first.</param>
internal sealed record RoomView(
    long Id, string? Name,
    [property: AllowedValues(ChatWireNames.Group, ChatWireNames.Direct)] string RoomType,
    long CreatedBy, IReadOnlyList<MemberView> Members, int MemberCount, MessageView? LastMessage, long UnreadCount, long LastSeq,
    long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset LastActivityAt)
{
    /// <summary>The same users as the members.</summary>
    public IEnumerable<ParticipantView> Participants => Members.Select(member => new ParticipantView(member.UserId, member.Username));
}

/// <summary>Converts rooms to what their members see.</summary>
internal sealed class RoomViews(ChatStore store, ChatUserReadModel users)
{
    public const int MembersInLists = 50;

    public async Task<RoomView> Of(Room room, long callerId, CancellationToken ct) => (await Of([room], callerId, int.MaxValue, ct))[0];

    public async Task<List<RoomView>> Of(IReadOnlyList<Room> rooms, long callerId, int membersShown, CancellationToken ct)
    {
        var shown = rooms.ToDictionary(room => room.Id, room => Shown(room, callerId, membersShown));
        var last = await store.Messages.Read(messages => messages.Last(rooms), ct);
        var unread = await UnreadCounts.Of(rooms, callerId, store, ct);
        var people = await users.Find(
            [.. shown.Values.SelectMany(m => m).Select(m => m.UserId).Concat(last.Values.Select(m => m.UserId)).Distinct()], ct);
        return [.. rooms.Select(room => View(room))];

        RoomView View(Room room) => new(
            room.Id, room.Name, ChatWireNames.NameOf(room.Type), room.CreatedBy, [.. shown[room.Id].Select(Person)], room.Members.Count,
            last.TryGetValue(room.Id, out var message)
                ? MessageViews.Create(message, new ReadPositions(room), users.Username(message.UserId))
                : null,
            unread[room.Id], room.LastSeq, room.Version, room.CreatedAt, room.UpdatedAt, room.LastActivityAt);

        MemberView Person(Member member)
        {
            var user = people.GetValueOrDefault(member.UserId);
            var username = user?.Username ?? users.Username(member.UserId);
            return new MemberView(
                member.UserId, username, user?.DisplayName ?? username, user?.ProfileImageUrl, ChatWireNames.NameOf(member.Role),
                member.ReadSeq, member.JoinedSeq,
                member.JoinedAt);
        }
    }

    /// <summary>The owner and the admins first, then by the time of joining; the caller is always included.</summary>
    private static List<Member> Shown(Room room, long callerId, int count) =>
        [.. room.Members.Values.OrderByDescending(m => m.UserId == callerId && count < room.Members.Count).ThenByDescending(m => m.Role)
            .ThenBy(m => m.JoinedVersion).ThenBy(m => m.UserId).Take(count)];
}
