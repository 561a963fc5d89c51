using System.Text.Json;
using BigTech.BuildingBlocks.Storage.Sql;
using BigTech.BuildingBlocks.Web.Http;
using BigTech.Users.Domain;
using BigTech.Users.Passwords;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace BigTech.Users.Features;

/// <summary>A sign-in.</summary>
/// <param name="Email">The account's e-mail address; required, by this name or as <c>username</c>.</param>
/// <param name="Username">The e-mail address under its OAuth2 name.</param>
/// <param name="Password">The account's password; required.</param>
internal sealed record LoginRequest(string? Email = null, string? Username = null, string? Password = null) : IHasExample
{
    public static object Example => new LoginRequest(Email: "minji@example.com", Password: "correct-horse-1");
}

/// <summary>Opens sessions for users with the correct password.</summary>
internal static class Login
{
    public const string FormType = "application/x-www-form-urlencoded";

    /// <remarks>Accepts JSON, or the form of the OAuth2 password grant (RFC 6749, 4.3.2).</remarks>
    public static async Task<Ok<SignInResponse>> Handle(
        HttpContext context, [FromHeader(Name = DeviceCookie.Header)] string? device, ClientInfo client,
        [AsParameters] SignInServices signIn, CancellationToken ct) =>
        await HandleJson(await Read(context.Request, ct), context, device, client, signIn, ct);

    public static async Task<Ok<SignInResponse>> HandleJson(
        LoginRequest body, HttpContext context, [FromHeader(Name = DeviceCookie.Header)] string? device, ClientInfo client,
        [AsParameters] SignInServices signIn, CancellationToken ct)
    {
        var errors = new ValidationErrors();
        var (sent, field) = errors.TakeAlias("email", body.Email, "username", body.Username);
        var email = errors.TakeRequired(field, sent);
        var password = errors.TakeRequired("password", body.Password);
        errors.ThrowIfAny();

        signIn.Tokens.ThrowIfNotRevocable();
        var account = EmailAddress.KeyOf(email);
        var user = await signIn.Users.FindByEmail(account, ct);
        var known = user is null ? null : DeviceCookie.Find(context.Request, device, signIn.Devices, user.Id);
        var attempt = known is { } id ? Attempt.OfDevice(user!.Id, id, user.PasswordHash) : Attempt.OfAnybody(account, client.Network);
        var unverified = signIn.Options.RequireVerifiedEmail
            ? new UnverifiedAccount(await signIn.Addresses.FindRegisteredHash(account, ct))
            : null;
        var check = await signIn.Limits.Check(context.Response, client, attempt, () => signIn.Passwords.Check(
            user?.PasswordHash, Password.Normalize(password), attempt, client.Network, ct, unverified: unverified), ct);
        if (check.IsOfUnverified || (check.IsRight && unverified is not null && user!.EmailVerifiedAt is null))
        {
            throw AccountErrors.EmailNotVerified();
        }
        if (!check.IsRight || await Open(user!, check, client, signIn) is not { } tokens) throw AccountErrors.InvalidCredentials();
        var deviceToken = signIn.Devices.Issue(user!.Id, known);
        DeviceCookie.Set(context, deviceToken, signIn.Devices.Lifetime);
        return TypedResults.Ok(new SignInResponse(
            tokens.AccessToken, tokens.RefreshToken, tokens.TokenType, tokens.ExpiresIn, tokens.UserId, deviceToken));
    }

    private static async Task<TokenResponse?> Open(User user, PasswordCheck check, ClientInfo client, SignInServices signIn)
    {
        var secret = RefreshSecret.Create();
        var session = Session.Open(user.Id, client.Device, signIn.Time.GetDbNow(), signIn.Rules);
        var opened = await signIn.Sessions.Open(session, secret, user.PasswordHash, check.BetterHash, signIn.Rules.MaxPerUser);
        if (opened is null) return null;
        if (opened.Ended.Count > 0) await signIn.Tokens.Revoke(user.Id, opened.Ended);
        return signIn.Tokens.Issue(user, opened.Session, secret);
    }

    private static async Task<LoginRequest> Read(HttpRequest request, CancellationToken ct)
    {
        if (request.HasJsonContentType()) return await ReadJson(request, ct);
        if (request.HasFormContentType) return await ReadForm(request, ct);
        throw AppError.WrongType($"The content type must be application/json or {FormType}.");
    }

    private static async Task<LoginRequest> ReadJson(HttpRequest request, CancellationToken ct)
    {
        try
        {
            return await request.ReadFromJsonAsync<LoginRequest>(ct)
                ?? throw AppError.BadRequest("body_required", "The request needs a JSON body.");
        }
        catch (JsonException error)
        {
            // The same error as for bodies that the framework binds.
            throw new BadHttpRequestException("The body is not what was expected.", error);
        }
    }

    private static async Task<LoginRequest> ReadForm(HttpRequest request, CancellationToken ct)
    {
        const string grant = "password";
        try
        {
            var form = await request.ReadFormAsync(ct);
            var errors = new ValidationErrors();
            // RFC 6749, section 3.2: parameters must not be sent more than once.
            foreach (var (name, values) in form) errors.Check(values.Count == 1, name, "Is given twice.");
            errors.Check(form["grant_type"] is not [{ Length: > 0 } other, ..] || other == grant, "grant_type", $"Must be {grant}.");
            errors.ThrowIfAny();
            return new LoginRequest(null, form["username"].FirstOrDefault(), form["password"].FirstOrDefault());
        }
        catch (Exception error) when (error is InvalidDataException or (IOException and not BadHttpRequestException))
        {
            throw AccountErrors.MalformedForm(error);
        }
    }
}
