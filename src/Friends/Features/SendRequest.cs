using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Domain;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>A friend request.</summary>
/// <param name="TargetUserId">The addressee; required, by this name, as <c>user_id_2</c> or as <c>to_user_id</c>.</param>
/// <param name="UserId2">Another name of <c>target_user_id</c>.</param>
/// <param name="ToUserId">Another name of <c>target_user_id</c>.</param>
/// <param name="Message">An optional text for the addressee, at most 500 characters.</param>
internal sealed record FriendRequestBody(
    long? TargetUserId = null, [property: JsonPropertyName("user_id_2")] long? UserId2 = null, long? ToUserId = null,
    [property: MaxLength(Friendship.MaxMessageLength)] string? Message = null)
    : IHasExample
{
    public static object Example => new FriendRequestBody(2, Message: "We met at the wall.");
}

/// <summary><c>POST /friends/request</c>: sends a request, or accepts the pending request of the other user.</summary>
internal static class SendRequest
{
    private const string TargetField = "target_user_id";

    public static async Task<Created<FriendshipView>> Handle(
        FriendRequestBody body, Caller caller, RelationStore relations, FriendProfiles profiles, FriendLimits limits, HttpResponse response,
        CancellationToken ct)
    {
        var (target, message) = Validate(body);
        var (pair, addressee) = await profiles.RequirePair(caller, target, ct);
        var change = await limits.Send(response, caller, () => relations.Change(pair, caller.UserId, (relation, now) =>
        {
            FriendRules.ThrowUnlessAllowed(relation.MayRequest(caller.UserId));
            return relation.Request(caller.UserId, message, now);
        }), ct);
        return TypedResults.Created((string?)null, FriendProfiles.Show(change.After.Friendship!, addressee));
    }

    private static (long Target, string? Message) Validate(FriendRequestBody body)
    {
        (string Field, long? Id)[] names = [(TargetField, body.TargetUserId), ("user_id_2", body.UserId2), ("to_user_id", body.ToUserId)];
        var sent = names.Where(name => name.Id is not null).ToList();
        var targets = sent.Select(name => name.Id!.Value).Distinct().ToList();
        var errors = new ValidationErrors();
        errors.Check(targets.Count > 0, TargetField, "Is required.");
        foreach (var (field, _) in sent) errors.Check(targets.Count < 2, field, "Is given twice, with different values.");
        var message = TextValidation.IsBlank(body.Message) ? null : DisplayText.Normalize(body.Message.Trim());
        if (message is not null)
        {
            errors.Check(TextValidation.LengthOf(message) <= Friendship.MaxMessageLength, "message",
                $"Must have at most {Friendship.MaxMessageLength} characters.");
            if (DisplayText.ProblemOf(message, isOneLine: false) is { } problem) errors.Check(false, "message", problem);
        }
        errors.ThrowIfAny();
        return (targets[0], message);
    }
}
