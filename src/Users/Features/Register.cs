using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

internal sealed record RegisterRequest(string? Email, string? Username, string? Password, string? DisplayName = null) : IHasExample
{
    public static object Example => new RegisterRequest("minji@example.com", "minji", "correct-horse-1", "민지");
}

internal static class Register
{
    public static async Task<Created<UserResponse>> Handle(
        RegisterRequest body, ClientInfo client, HttpResponse response, AccountLimits limits, UserRepository users,
        PasswordVerifier passwords, TimeProvider time, CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var email = errors.Take("email", EmailAddress.Parse(body.Email));
        var username = errors.Take("username", Username.Parse(body.Username));
        var displayName = TextValidation.IsBlank(body.DisplayName)
            ? null
            : errors.Take("display_name", DisplayName.Parse(body.DisplayName));
        var password = errors.Take("password", Password.Parse(body.Password, email, username, displayName));
        errors.ThrowIfAny();

        var user = await limits.SignUp(response, client, async () =>
        {
            ThrowIfTaken(await users.FindTaken(email, username, ct));
            var hash = await passwords.Hash(password, HashKind.SignUp, client.Network, ct);
            var (added, taken) = await users.Add(User.Register(email, username, displayName, hash, time.GetDbNow()));
            ThrowIfTaken(taken);
            return added!;
        }, ct);
        return TypedResults.Created($"/users/{user.Id}", UserResponse.Own(user));
    }

    private static void ThrowIfTaken(Taken taken)
    {
        if (taken == Taken.Email) throw AppError.Conflict("email_taken", "This e-mail address already has an account.", "email");
        if (taken == Taken.Username) throw AppError.Conflict("username_taken", "This username is taken.", "username");
    }
}
