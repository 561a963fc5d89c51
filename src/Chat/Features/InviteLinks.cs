using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Chat.Storage.Sql;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Chat.Features;

/// <param name="ExpiresInHours">How long the link is valid: an hour to a year; a week by default.</param>
/// <param name="MaxUses">How many users may join by it; no limit by default.</param>
internal sealed record InviteLinkRequest(long? ExpiresInHours = null, long? MaxUses = null) : IHasExample
{
    public static object Example => new InviteLinkRequest(24, 10);
}

/// <param name="Id">For <c>DELETE /chat-rooms/{room_id}/invite-links/{id}</c>.</param>
/// <param name="Code">For <c>POST /invite-links/{code}/join</c>.</param>
/// <param name="Uses">How many users have joined by it.</param>
internal sealed record InviteLinkView(
    long Id, string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses);

/// <summary>The open links of a group, the newest first.</summary>
internal sealed record InviteLinkList(IReadOnlyList<InviteLinkView> InviteLinks);

/// <summary>
/// <c>POST</c> and <c>GET /chat-rooms/{id}/invite-links</c>, and <c>DELETE</c> of one: admins create, list and revoke the links of a group.
/// </summary>
internal static class InviteLinks
{
    public static async Task<Created<InviteLinkView>> Create(
        long id, InviteLinkRequest? body, Caller caller, RoomAccess access, ChatStore store, CancellationToken ct)
    {
        body ??= new InviteLinkRequest();
        Validate(body);
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var link = await store.Change(transaction => Create(transaction, id, body, caller.UserId));
        return TypedResults.Created($"/chat-rooms/{id}/invite-links/{link.Id}", View(link));
    }

    public static async Task<Ok<InviteLinkList>> List(
        long id, Caller caller, RoomAccess access, ChatStore store, TimeProvider time, CancellationToken ct)
    {
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var links = await store.Sql.Read(reader => InviteLinkRows.OpenOf(reader, id, time.GetUtcNow()), ct);
        return TypedResults.Ok(new InviteLinkList([.. links.Select(View)]));
    }

    public static async Task<NoContent> Revoke(
        long id, [FromRoute(Name = "link_id")] long linkId, Caller caller, RoomAccess access, ChatStore store, CancellationToken ct)
    {
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        await store.Change(transaction => Revoke(transaction, id, linkId, caller.UserId));
        return TypedResults.NoContent();
    }

    /// <summary>The error for every link that is not open; it does not reveal the reason.</summary>
    public static AppError Unknown() => AppError.NotFound("invite_link_not_found", "There is no such link, or it no longer works.");

    private static InviteLinkView View(InviteLink link) =>
        new(link.Id, link.Code, link.RoomId, link.CreatedBy, link.CreatedAt, link.ExpiresAt, link.MaxUses, link.Uses);

    private static void Validate(InviteLinkRequest body)
    {
        var errors = new ValidationErrors();
        errors.Check(body.ExpiresInHours is null or (>= 1 and <= InviteLink.MaxHours), "expires_in_hours",
            $"Must be between 1 and {InviteLink.MaxHours}.");
        errors.Check(
            body.MaxUses is null or (>= 1 and <= Room.MaxGroupMembers), "max_uses", $"Must be between 1 and {Room.MaxGroupMembers}.");
        errors.ThrowIfAny();
    }

    private static InviteLink Create(ChatTransaction transaction, long id, InviteLinkRequest body, long callerId)
    {
        RoomAccess.ThrowUnlessAllowed(transaction.Enter(id, callerId).MayAdminister(callerId));
        InviteLinkRows.DeleteExpired(transaction.Session, id, transaction.Now - InviteLink.RepeatPeriod);
        if (InviteLinkRows.OpenOf(transaction.Session, id, transaction.Now).Now().Count >= InviteLink.MaxPerRoom)
        {
            throw AppError.Conflict("too_many_invite_links", $"A group has at most {InviteLink.MaxPerRoom} open links: revoke one.");
        }
        if (InviteLinkRows.CountOf(transaction.Session, id) >= InviteLink.MaxKeptPerRoom)
        {
            throw AppError.Conflict(
                "too_many_invite_links",
                $"A group has at most {InviteLink.MaxKeptPerRoom} links, ended ones of the last day included: wait for some to go.");
        }
        var link = InviteLink.Create(id, callerId, transaction.Now, body.ExpiresInHours ?? InviteLink.DefaultHours, body.MaxUses);
        return InviteLinkRows.Insert(transaction.Session, link);
    }

    private static InviteLink Revoke(ChatTransaction transaction, long id, long linkId, long callerId)
    {
        RoomAccess.ThrowUnlessAllowed(transaction.Enter(id, callerId).MayAdminister(callerId));
        var link = InviteLinkRows.Find(transaction.Session, id, linkId);
        if (link is null || !link.IsOpen(transaction.Now)) throw Unknown();
        var revoked = link.Revoke(transaction.Now);
        InviteLinkRows.Save(transaction.Session, revoked);
        return revoked;
    }
}
