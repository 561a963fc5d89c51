using static BigTech.Chat.Client.PathBuilder;

namespace BigTech.Chat.Client;

/// <summary>Rooms, their members, links and pins.</summary>
public sealed class RoomsApi
{
    private readonly ApiConnection _api;
    private readonly ChatSession _session;

    internal RoomsApi(ApiConnection api, ChatSession session) => (_api, _session) = (api, session);

    /// <summary>The rooms of the caller, latest activity first.</summary>
    public Task<RoomPage> List(int? limit = null, string? cursor = null, CancellationToken ct = default) =>
        _api.Get(Path("chat-rooms", ("limit", limit), ("cursor", cursor)), ChatJson.Default.RoomPage, ct);

    /// <summary>The 1:1 room with a user, created if there is none.</summary>
    /// <exception cref="ChatApiException">403 <c>not_allowed_by_privacy</c>. 404: no such user.</exception>
    public Task<Room> OpenDirect(long userId, CancellationToken ct = default) =>
        _api.Get($"chat-rooms/check/{userId}", ChatJson.Default.Room, ct);

    /// <summary>Creates a group.</summary>
    /// <exception cref="ChatApiException">
    /// 403 <c>not_allowed_by_privacy</c>: <see cref="ChatApiException.UserIds"/> do not let the caller add them.
    /// </exception>
    public Task<Room> CreateGroup(string name, IEnumerable<long> memberIds, CancellationToken ct = default) => _api.Send(
        HttpMethod.Post, "chat-rooms", new CreateRoomBody([.. memberIds], name, RoomTypes.Group), ChatJson.Default.CreateRoomBody,
        ChatJson.Default.Room, ct);

    /// <summary>A room with all of its members.</summary>
    public Task<Room> Get(long roomId, CancellationToken ct = default) => _api.Get($"chat-rooms/{roomId}", ChatJson.Default.Room, ct);

    /// <summary>Gives a group another name.</summary>
    public Task<Room> Rename(long roomId, string name, CancellationToken ct = default) => _api.Send(
        HttpMethod.Put, $"chat-rooms/{roomId}", new NameBody(name), ChatJson.Default.NameBody, ChatJson.Default.Room, ct);

    /// <summary>Deletes a group with all that was written in it. Only its owner may.</summary>
    public Task Delete(long roomId, CancellationToken ct = default) => _api.Send(HttpMethod.Delete, $"chat-rooms/{roomId}", ct);

    /// <summary>Adds users to a group.</summary>
    public Task<Room> AddMembers(long roomId, IEnumerable<long> userIds, CancellationToken ct = default) => _api.Send(
        HttpMethod.Post, $"chat-rooms/{roomId}/members", new AddMembersBody([.. userIds]), ChatJson.Default.AddMembersBody,
        ChatJson.Default.Room, ct);

    /// <summary>Gives a member a role, one of <see cref="MemberRoles"/>.</summary>
    public Task<Room> ChangeRole(long roomId, long userId, string role, CancellationToken ct = default) => _api.Send(
        HttpMethod.Put, $"chat-rooms/{roomId}/members/{userId}", new RoleBody(role), ChatJson.Default.RoleBody, ChatJson.Default.Room, ct);

    /// <summary>Removes a member.</summary>
    public Task RemoveMember(long roomId, long userId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Delete, $"chat-rooms/{roomId}/members/{userId}", ct);

    /// <summary>Leaves a group.</summary>
    public Task Leave(long roomId, CancellationToken ct = default) => RemoveMember(roomId, _session.UserId, ct);

    /// <summary>The pinned messages.</summary>
    public Task<PinList> ListPins(long roomId, CancellationToken ct = default) =>
        _api.Get($"chat-rooms/{roomId}/pins", ChatJson.Default.PinList, ct);

    /// <summary>Makes a link that lets users join.</summary>
    /// <param name="roomId">A group.</param>
    /// <param name="expiresInHours">When it ends; null for the server's default.</param>
    /// <param name="maxUses">How many users may join by it; null for any number.</param>
    /// <param name="ct">Ends the wait.</param>
    public Task<InviteLink> CreateInviteLink(
        long roomId, long? expiresInHours = null, long? maxUses = null, CancellationToken ct = default) => _api.Send(
        HttpMethod.Post, $"chat-rooms/{roomId}/invite-links", new InviteLinkBody(expiresInHours, maxUses), ChatJson.Default.InviteLinkBody,
        ChatJson.Default.InviteLink, ct);

    /// <summary>The links that still work.</summary>
    public async Task<IReadOnlyList<InviteLink>> ListInviteLinks(long roomId, CancellationToken ct = default) =>
        (await _api.Get($"chat-rooms/{roomId}/invite-links", ChatJson.Default.InviteLinkList, ct)).InviteLinks;

    /// <summary>Ends a link.</summary>
    public Task RevokeInviteLink(long roomId, long linkId, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Delete, $"chat-rooms/{roomId}/invite-links/{linkId}", ct);

    /// <summary>Joins a group by a link.</summary>
    /// <exception cref="ChatApiException">404: the link does not work, or not any more.</exception>
    public Task<Room> Join(string code, CancellationToken ct = default) =>
        _api.Send(HttpMethod.Post, $"invite-links/{Segment(code)}/join", ChatJson.Default.Room, ct);

    /// <summary>Shows the other members for 6 seconds that the caller types.</summary>
    public Task ShowTyping(long roomId, CancellationToken ct = default) => _api.Send(HttpMethod.Post, $"chat-rooms/{roomId}/typing", ct);
}
