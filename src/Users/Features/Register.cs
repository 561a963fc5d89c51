using System.ComponentModel.DataAnnotations;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using BigTech.Users.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace BigTech.Users.Features;

/// <summary>A new account.</summary>
/// <param name="Email">A valid address of at most 255 characters, unique without regard to case.</param>
/// <param name="Username">3 to 50 letters, digits and underscores, unique without regard to case.</param>
/// <param name="Password">
/// 8 to 128 characters with a letter and a digit; commonly used ones, and those made of the account's names, are refused.
/// </param>
/// <param name="DisplayName">The name to show, at most 100 characters; the username without one.</param>
internal sealed record RegisterRequest(
    [property: MaxLength(Domain.EmailAddress.MaxLength)] string? Email,
    [property: StringLength(Domain.Username.MaxLength, MinimumLength = Domain.Username.ShortestLength)]
    [property: RegularExpression(Domain.Username.Pattern)]
    string? Username,
    [property: StringLength(Domain.Password.MaxLength, MinimumLength = Domain.Password.ShortestLength)] string? Password,
    [property: MaxLength(Domain.DisplayName.MaxLength)] string? DisplayName = null) : IHasExample
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
        if (taken == Taken.Email) throw AccountErrors.EmailTaken();
        if (taken == Taken.Username) throw AccountErrors.UsernameTaken();
    }
}
