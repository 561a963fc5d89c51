using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Auth;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <param name="CurrentPassword">An alias for <paramref name="OldPassword"/>.</param>
internal sealed record ChangePasswordRequest(string? OldPassword = null, string? CurrentPassword = null, string? NewPassword = null)
    : IHasExample
{
    public static object Example => new ChangePasswordRequest(OldPassword: "correct-horse-1", NewPassword: "battery-staple-2");
}

internal sealed class ChangePassword(
    UserRepository users, SessionRepository sessions, PasswordVerifier passwords, AccessTokens tokens, TimeProvider time)
{
    public static async Task<NoContent> Handle(
        ChangePasswordRequest body, Caller caller, ChangePassword change, ClientInfo client, CancellationToken ct)
    {
        await change.Run(body, caller, client, ct);
        return TypedResults.NoContent();
    }

    private async Task Run(ChangePasswordRequest body, Caller caller, ClientInfo client, CancellationToken ct)
    {
        var user = await users.Find(caller.UserId, ct) ?? throw AppError.NotFound("user_not_found", "There is no such user.");
        var errors = new ValidationErrors();
        var old = errors.TakeRequired("old_password", body.OldPassword ?? body.CurrentPassword);
        var next = errors.Take("new_password", Password.Parse(body.NewPassword, user.Email, user.Username));
        errors.Check(next is null || next.Value != old, "new_password", "Must differ from the old password.");
        errors.ThrowIfAny();

        tokens.ThrowIfNotRevocable();
        // A stolen access token must not allow password guessing: the limits of sign-ins apply.
        var check = await passwords.Check(user.PasswordHash, old, user.Email.Key, client.ThrottleKey, ct);
        if (!check.IsRight) throw AppError.Forbidden("wrong_password", "The old password is wrong.");
        var hash = await passwords.Hash(next!, ct);
        var ended = await sessions.ChangePassword(user.Id, user.PasswordHash, hash, AccessTokens.SessionOf(caller), time.GetDbNow())
            ?? throw AppError.Conflict("password_changed", "The password was changed at the same time elsewhere.");
        await tokens.Revoke(ended);
    }
}
