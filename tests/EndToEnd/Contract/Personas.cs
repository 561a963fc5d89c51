using System.Text.Json;
using System.Text.Json.Nodes;
using BigTech.Tests.EndToEnd.Friends;
using BigTech.Tests.EndToEnd.Notifications;
using BigTech.Tests.Testing.Mail;
using MimeKit;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>One server for the requests to every operation, and the constant users: each scenario adds its own caller.</summary>
public sealed class Personas : IAsyncLifetime
{
    private ServerProcess? _server;

    internal ServerProcess Server => _server ?? throw new InvalidOperationException("Not started.");

    /// <summary>More settings of the server.</summary>
    internal (string Name, string Value)[] Settings { get; init; } = [];

    internal List<Operation> Operations { get; private set; } = [];

    /// <summary>The whole of <c>/openapi.json</c>.</summary>
    internal JsonElement Description { get; private set; }

    /// <summary>The other user: a stranger or a friend of the caller, and the owner of the groups.</summary>
    internal User Other { get; private set; } = null!;

    /// <summary>A plain member of every group.</summary>
    private User Member { get; set; } = null!;

    /// <summary>Is in none of the groups; has 1:1 rooms and requests with <see cref="Other"/>.</summary>
    private User Outsider { get; set; } = null!;

    /// <summary>Blocked by callers, to detect when their blocks have arrived.</summary>
    private User Witness { get; set; } = null!;

    private Message TheirMessage { get; set; } = null!;

    private Friendship TheirRequest { get; set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // Hundreds of failed sign-ins come from the one address of the tests.
        _server = await ServerProcess.Start([("Users__AddressFailures", "1000000"), .. Settings]);
        var users = await Server.NewUsers(4);
        (Other, Member, Outsider, Witness) = (users[0], users[1], users[2], users[3]);
        TheirRequest = await Other.Ask(Outsider);
        TheirMessage = await Other.Send((await Other.RoomWith(Outsider)).Id, "theirs");
        Description = (await Server.Anonymous.Get("/openapi.json")).ShouldBe(200).Json;
        Operations = Operation.AllOf(Description);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    /// <summary>Fails if the server has logged an error or is not healthy.</summary>
    internal async Task ShouldBeUnharmed()
    {
        (await Server.Anonymous.Get("/health/ready")).ShouldBe(200);
        Server.Output.Split('\n')
            .Where(line => JsonNode.Parse(line)?["level"]?.GetValue<string>() is not ("info" or "warning"))
            .ShouldBeEmpty("nothing is logged as an error");
    }

    /// <summary>A new caller in the given relation to the subject of the line.</summary>
    internal async Task<Scenario> Prepare(Line line, Relation relation)
    {
        var scenario = new Scenario(await User.SignUp(Server.Anonymous));
        if (line.Names("reset_code"))
        {
            (await Server.Anonymous.Post("/auth/password/forgot", new { email = scenario["email"] })).ShouldBe(202);
            scenario["reset_code"] = await Code(scenario["email"], "Reset your password");
        }
        if (line.Names("verify_code"))
            scenario["verify_code"] = await Code(scenario["email"], "Verify your e-mail address");
        if (relation == Relation.Unknown)
            return WithoutThings(scenario);
        if (line.Names("group") || line.Names("link") || line.Names("code") || line.Names("message") || line.Names("own_message"))
            return await InGroup(scenario, line, relation);
        if (line.Names("direct") || line.Names("direct_message") || line.Names("their_message"))
            await AddDirectRoom(scenario, relation);
        scenario["user"] = relation == Relation.Self ? scenario["me"] : $"{Other.Id}";
        // This session may be lost: if the server is wrong, the run still continues.
        if (line.Names("session"))
            scenario["session"] = SessionOf(relation == Relation.Self ? scenario.Caller : await Other.SignInAgain());
        scenario["request"] = $"{await Relate(scenario.Caller, relation, startWithRequest: line.Names("request"))}";
        return scenario;
    }

    /// <summary>The code in a mail.</summary>
    private async Task<string> Code(string address, string subject)
    {
        MimeMessage? found = null;
        await Eventually.Holds(
            () => (found = Mails().FirstOrDefault(mail => mail.To() == address && mail.Subject == subject)) is not null,
            $"a mail to {address}: {subject}");
        return found!.Code();

        IEnumerable<MimeMessage> Mails() => ReceivedMail.NewestIn(Server.Data["mails"]);
    }

    private static Scenario WithoutThings(Scenario scenario)
    {
        foreach (var name in new[] { "user", "session", "request", "group", "member", "owner", "outsider", "link" })
            scenario[name] = Scenario.UnknownId;
        scenario["message"] = Scenario.UnknownMessageId;
        scenario["code"] = "no-such-link";
        return scenario;
    }

    private static string SessionOf(User user) =>
        JsonNode.Parse(Jws.Decode(user.Tokens.AccessToken.Split('.')[1]))!["sid"]!.GetValue<string>();

    private async Task<Scenario> InGroup(Scenario scenario, Line line, Relation relation)
    {
        var caller = scenario.Caller;
        var owner = relation == Relation.Owner ? caller : Other;
        var isMember = (Relation.Members | Relation.FormerMember).HasFlag(relation);
        User[] others = isMember && relation != Relation.Owner ? [caller, Member] : [Member];
        var group = (await owner.CreateGroup(scenario.Secret, others)).Id;
        if (relation == Relation.Admin)
            await owner.GiveRole(group, caller, "admin");
        if (line.Names("message"))
            scenario["message"] = (await Member.Send(group, scenario.Secret)).Id;
        if (line.Names("own_message"))
            scenario["own_message"] = (await caller.Send(group, "mine")).Id;
        if (line.Names("link") || line.Names("code"))
        {
            var link = await owner.NewInviteLink(group);
            (scenario["link"], scenario["code"]) = ($"{link.Id}", link.Code);
        }
        if (relation == Relation.FormerMember)
        {
            (await Other.Api.Delete($"/chat-rooms/{group}/members/{caller.Id}")).ShouldBe(204);
            // Notification consumes the event a moment later.
            await caller.Receives("system");
        }
        else
        {
            await Relate(caller, relation, startWithRequest: false);
        }
        scenario["group"] = $"{group}";
        scenario["owner"] = $"{owner.Id}";
        scenario["member"] = $"{Member.Id}";
        scenario["outsider"] = $"{Outsider.Id}";
        return scenario;
    }

    private async Task AddDirectRoom(Scenario scenario, Relation relation)
    {
        if (relation == Relation.Stranger)
        {
            scenario["direct"] = $"{TheirMessage.RoomId}";
            scenario["their_message"] = TheirMessage.Id;
            return;
        }
        var room = (await scenario.Caller.RoomWith(Other)).Id;
        scenario["direct"] = $"{room}";
        scenario["their_message"] = (await Other.Send(room, scenario.Secret)).Id;
        scenario["direct_message"] = (await scenario.Caller.Send(room, "mine")).Id;
    }

    /// <summary>Creates the relation between the caller and the other user.</summary>
    /// <param name="startWithRequest">Whether a block finds an open request.</param>
    /// <returns>The id of the request between the two; that of a foreign request where there is none.</returns>
    private async Task<long> Relate(User caller, Relation relation, bool startWithRequest)
    {
        switch (relation)
        {
            case Relation.Friend: return (await caller.Befriend(Other)).Id;
            case Relation.Requester: return (await caller.Ask(Other)).Id;
            case Relation.Addressee: return (await Other.Ask(caller)).Id;
            case Relation.Blocker or Relation.Blocked:
                var request = startWithRequest ? await Other.Ask(caller) : TheirRequest;
                await (relation == Relation.Blocker ? caller.Block(Other) : Other.Block(caller));
                await BlocksOf(caller);
                return request.Id;
            default: return TheirRequest.Id;
        }
    }

    /// <summary>Waits until Chat has consumed every block so far: the order is kept, and the effect of one more is visible.</summary>
    private async Task BlocksOf(User caller)
    {
        var room = (await caller.RoomWith(Witness)).Id;
        await caller.Block(Witness);
        await Eventually.Holds(async () => (await caller.TrySend(room, "?")).Status == 403, "a block works in Chat");
    }
}
