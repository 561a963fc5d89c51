using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
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

/// <summary>What a new invite link allows.</summary>
/// <param name="ExpiresInHours">How long the link is valid: an hour to a year; a week by default.</param>
/// <param name="MaxUses">How many users may join by it, 1 to 1,000; no limit by default.</param>
/// <remarks>Unknown fields are refused: a misspelt limit would make the link unlimited.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record InviteLinkRequest(
    [property: Range(1, InviteLink.MaxHours)] long? ExpiresInHours = null,
    [property: Range(1, Room.MaxGroupMembers)] long? MaxUses = null) : IHasExample
{
    public static object Example => new InviteLinkRequest(24, 10);
}

/// <summary><c>POST /chat-rooms/{room_id}/invite-links</c>: an admin creates a link by which its holders join the group.</summary>
internal static class CreateInviteLink
{
    public static async Task<Created<InviteLinkView>> Handle(
        [FromRoute(Name = "room_id")] long id, InviteLinkRequest? body, Caller caller, RoomAccess access, ChatStore store,
        CancellationToken ct)
    {
        body ??= new InviteLinkRequest();
        Validate(body);
        RoomAccess.ThrowUnlessAllowed((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var link = await store.Change(transaction => Create(transaction, id, body, caller.UserId));
        return TypedResults.Created($"/chat-rooms/{id}/invite-links/{link.Id}", InviteLinkView.From(link));
    }

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
            throw ChatErrors.TooManyOpenLinks();
        }
        if (InviteLinkRows.CountOf(transaction.Session, id) >= InviteLink.MaxKeptPerRoom)
        {
            throw ChatErrors.TooManyKeptLinks();
        }
        var link = InviteLink.Create(id, callerId, transaction.Now, body.ExpiresInHours ?? InviteLink.DefaultHours, body.MaxUses);
        return InviteLinkRows.Insert(transaction.Session, link);
    }
}
