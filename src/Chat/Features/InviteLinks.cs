using BigTech.Chat.Domain;
using BigTech.Chat.Storage;
using BigTech.Platform.Auth;
using BigTech.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Chat.Features;

/// <param name="ExpiresInSeconds">How long the link works: a minute to a year; a week when it is not said.</param>
/// <param name="MaxUses">How many may join by it; as many as want when it is not said.</param>
internal sealed record InviteLinkRequest(long? ExpiresInSeconds = null, long? MaxUses = null) : IHasExample
{
    public static object Example => new InviteLinkRequest(86_400, 10);
}

/// <param name="Code">For <c>POST /invite-links/{code}/join</c>.</param>
/// <param name="Uses">How many have joined by it.</param>
internal sealed record InviteLinkView(
    string Code, long RoomId, long CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, long? MaxUses, long Uses);

/// <summary>The links of a group that still work, the newest first.</summary>
internal sealed record InviteLinkList(IReadOnlyList<InviteLinkView> InviteLinks);

/// <summary>
/// <c>POST</c> and <c>GET /chat-rooms/{id}/invite-links</c>, and <c>DELETE</c> of one: the admins of a group hand out links to it, and take them back.
/// </summary>
internal static class InviteLinks
{
    public static async Task<Created<InviteLinkView>> Create(
        long id, InviteLinkRequest body, Caller caller, RoomAccess access, ChatStore store, CancellationToken ct)
    {
        var life = Life(body);
        RoomAccess.Require((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var link = await store.Change(transaction => Create(transaction, id, life, body.MaxUses, caller.UserId));
        return TypedResults.Created($"/chat-rooms/{id}/invite-links/{link.Code}", View(link));
    }

    public static async Task<Ok<InviteLinkList>> List(long id, Caller caller, RoomAccess access, ChatStore store, TimeProvider time, CancellationToken ct)
    {
        RoomAccess.Require((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        var links = await store.Database.Read(session => InviteLinkRows.Of(session, id), ct);
        var now = time.GetUtcNow();
        return TypedResults.Ok(new InviteLinkList([.. links.Where(link => link.IsOpen(now)).Select(View)]));
    }

    public static async Task<NoContent> Revoke(long id, string code, Caller caller, RoomAccess access, ChatStore store, CancellationToken ct)
    {
        RoomAccess.Require((await access.Enter(id, caller, ct)).MayAdminister(caller.UserId));
        await store.Change(transaction =>
        {
            RoomAccess.Require(transaction.Enter(id, caller.UserId).MayAdminister(caller.UserId));
            return InviteLinkRows.Delete(transaction.Session, id, code) ? code : throw Unknown();
        });
        return TypedResults.NoContent();
    }

    /// <summary>What is said of every link that does not work: why, is nobody's business who was not given one that does.</summary>
    public static Refusal Unknown() => Refusal.NotFound("invite_link_not_found", "There is no such link, or it works no longer.");

    private static InviteLinkView View(InviteLink link) =>
        new(link.Code, link.RoomId, link.CreatedBy, link.CreatedAt, link.ExpiresAt, link.MaxUses, link.Uses);

    private static TimeSpan Life(InviteLinkRequest body)
    {
        var errors = new FieldErrors();
        var (shortest, longest) = ((long)InviteLink.ShortestLife.TotalSeconds, (long)InviteLink.LongestLife.TotalSeconds);
        var seconds = body.ExpiresInSeconds ?? (long)InviteLink.UsualLife.TotalSeconds;
        errors.Check(seconds >= shortest && seconds <= longest, "expires_in_seconds", $"Must be between {shortest} and {longest}.");
        errors.Check(body.MaxUses is null or (>= 1 and <= Room.LargestGroup), "max_uses", $"Must be between 1 and {Room.LargestGroup}.");
        errors.ThrowIfAny();
        return TimeSpan.FromSeconds(seconds);
    }

    private static InviteLink Create(ChatTransaction transaction, long id, TimeSpan life, long? maxUses, long callerId)
    {
        RoomAccess.Require(transaction.Enter(id, callerId).MayAdminister(callerId));
        var links = InviteLinkRows.Of(transaction.Session, id).ToLookup(link => link.IsOpen(transaction.Now));
        foreach (var closed in links[false]) InviteLinkRows.Delete(transaction.Session, id, closed.Code);
        if (links[true].Count() >= InviteLink.MostOfARoom)
        {
            throw Refusal.Conflict("too_many_invite_links", $"A group has at most {InviteLink.MostOfARoom} links that work: revoke one.");
        }
        var link = InviteLink.Create(id, callerId, transaction.Now, life, maxUses);
        InviteLinkRows.Insert(transaction.Session, link);
        return link;
    }
}
