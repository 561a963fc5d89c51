using BigTech.Chat.Domain;
using BigTech.Chat.Messages;
using BigTech.Chat.Storage;
using BigTech.Contracts.Chat;

namespace BigTech.Chat.Features;

/// <summary>A member of a room, as the other members see them.</summary>
internal sealed record MemberView(
    long UserId, string Username, string DisplayName, string? ProfileImageUrl, string Role, long ReadSeq, long JoinedSeq,
    DateTimeOffset JoinedAt);

/// <summary>A member of a room by the names of the API that this one follows.</summary>
internal readonly record struct ParticipantView(long Id, string Username);

/// <summary>A room as one of its members sees it.</summary>
/// <param name="Members">All of them for a single room; the first <see cref="RoomViews.MembersInLists"/> in lists.</param>
internal sealed record RoomView(
    long Id, string? Name, string RoomType, long CreatedBy, IReadOnlyList<MemberView> Members, int MemberCount, MessageView? LastMessage,
    long UnreadCount, long LastSeq, long Version, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset LastActivityAt)
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
