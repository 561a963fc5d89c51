using System.Text.Json;
using BigTech.Tests.Testing.Mail;
using MimeKit;

namespace BigTech.Tests.EndToEnd.Operations;

public sealed class LogScenarios
{
    [Fact]
    public async Task The_log_is_JSON_lines_with_trace_ids_and_without_anything_private()
    {
        const string trace = "0af7651916cd43dd8448eb211c80319c";
        await using var server = await ServerProcess.Start(("LOG_LEVEL", "trace"), ("Gateway__TrustedProxies", "127.0.0.1"));
        var (ann, bob, room) = await server.TwoInARoom();
        await using var stream = await bob.Stream(room);
        await ann.Edit(await ann.Send(room, "private-text-one"), "private-text-two");
        (await ann.TrySend(room, "private-text-three\0")).ShouldBe(422);
        (await ann.Anonymous.Post("/auth/login", new { email = ann.Account.Email, password = "private-pass-1" })).ShouldBe(401);
        var ticket = (await bob.Api.Post("/auth/stream-ticket")).As<StreamTicket>(201).Ticket;
        await using var ticketed = await SseClient.Open(bob.Anonymous.Url($"/messages/stream?ticket={ticket}"), bearer: null);
        (await ann.Api.Get($"/users/search?q={Uri.EscapeDataString(bob.Account.Email)}")).ShouldBe(200);
        var code = await ResetPassword(server, ann);
        await Refresh(ann.With((await Refresh(ann, trace)).As<Tokens>()), trace);
        (await Refresh(ann, trace)).ShouldBe(401);

        await Eventually.Holds(
            () => server.Output.Contains(trace, StringComparison.Ordinal), "a line of the traced request");
        server.Terminate();
        (await server.Ended()).ShouldBe(0);

        foreach (var line in server.Output.Split('\n'))
            Should.NotThrow(() => JsonSerializer.Deserialize<JsonElement>(line), line);
        string[] secrets =
        [
            "private-text", "private-pass", ann.Password, ann.Tokens.AccessToken, ann.Tokens.RefreshToken, ann.Account.Email,
            bob.Account.Email, Uri.EscapeDataString(bob.Account.Email), ticket, code, "private.address@example.org",
        ];
        foreach (var secret in secrets)
            server.Output.ShouldNotContain(secret);
    }

    /// <summary>A code that is presented and does not work, so that the sessions go on.</summary>
    private static async Task<string> ResetPassword(ServerProcess server, User user)
    {
        (await user.Anonymous.Post("/auth/password/forgot", new { email = user.Account.Email })).ShouldBe(202);
        (await user.Api.Put("/auth/email", new { email = "private.address@example.org", password = user.Password })).ShouldBe(202);
        List<MimeMessage> mails = [];
        await Eventually.Holds(
            () => (mails = ReceivedMail.In(server.Data["mails"])).Exists(mail => mail.To() == "private.address@example.org"), "the mails");
        var code = mails.Find(mail => mail.To() == user.Account.Email && mail.Subject == "Reset your password")!.Code();
        (await user.Anonymous.Post("/auth/email/verify", new { token = code })).ShouldBe(404);
        return code;
    }

    private static async Task<Answer> Refresh(User user, string trace)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, user.Anonymous.Url("/auth/refresh"));
        request.Headers.Add("traceparent", $"00-{trace}-b7ad6b7169203331-01");
        request.Content = new StringContent(
            Wire.Write(new { refresh_token = user.Tokens.RefreshToken }), System.Text.Encoding.UTF8, "application/json");
        return await user.Anonymous.Send(request);
    }
}
