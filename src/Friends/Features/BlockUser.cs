using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Friends.Storage;
using BigTech.Friends.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Friends.Features;

/// <summary>The user to block.</summary>
/// <param name="UserId">The id of the user.</param>
internal sealed record BlockBody(long? UserId) : IHasExample
{
    public static object Example => new BlockBody(2);
}

/// <summary><c>POST /friends/block</c>: 201 for a new block, 200 for an existing one.</summary>
internal static class BlockUser
{
    public static async Task<Results<Created<BlockView>, Ok<BlockView>>> Handle(
        BlockBody body, Caller caller, RelationStore relations, FriendProfiles profiles, CancellationToken ct)
    {
        var target = body.UserId ?? throw AppError.Invalid("user_id", "Is required.");
        var (pair, blocked) = await profiles.RequirePair(caller, target, ct);
        var change = await relations.Change(pair, caller.UserId, (relation, now) => relation.Block(caller.UserId, now));
        var view = FriendProfiles.Show(change.After.BlockOf(caller.UserId)!, blocked);
        var isNew = change.Before.BlockOf(caller.UserId) is null;
        return isNew ? TypedResults.Created((string?)null, view) : TypedResults.Ok(view);
    }
}
