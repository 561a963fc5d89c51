using System.Text.Json.Nodes;
using BigTech.Tests.EndToEnd.Friends;
using BigTech.Tests.EndToEnd.Notifications;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>One server for the requests to every operation, and the constant users: each scenario adds its own caller.</summary>
public sealed class Personas : IAsyncLifetime
{
    private ServerProcess? _server;

    internal ServerProcess Server => _server ?? throw new InvalidOperationException("Not started.");

    internal List<Operation> Operations { get; private set; } = [];

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
        _server = await ServerProcess.Start(("Users__AddressFailures", "1000000"));
        var users = await Server.NewUsers(4);
        (Other, Member, Outsider, Witness) = (users[0], users[1], users[2], users[3]);
        TheirRequest = await Other.Ask(Outsider);
        TheirMessage = await Other.Send((await Other.RoomWith(Outsider)).Id, "theirs");
        Operations = Operation.AllOf((await Server.Anonymous.Get("/openapi.json")).ShouldBe(200).Json);
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
            .Where(line => JsonNode.Parse(line)?["LogLevel"]?.GetValue<string>() is not ("Information" or "Warning"))
            .ShouldBeEmpty("nothing is logged as an error");
    }

    /// <summary>A new caller in the given relation to the subject of the line.</summary>
    internal async Task<Scenario> Prepare(Line line, Relation relation)
    {
        var scene = new Scenario(await User.SignUp(Server.Anonymous));
        if (relation == Relation.Unknown)
            return WithoutThings(scene);
        if (line.Names("group") || line.Names("link") || line.Names("code") || line.Names("message") || line.Names("own_message"))
            return await InGroup(scene, line, relation);
        if (line.Names("direct") || line.Names("direct_message") || line.Names("their_message"))
            await AddDirectRoom(scene, relation);
        scene["user"] = relation == Relation.Self ? scene["me"] : $"{Other.Id}";
        // This session may be lost: if the server is wrong, the run still continues.
        if (line.Names("session"))
            scene["session"] = SessionOf(relation == Relation.Self ? scene.Caller : await Other.SignInAgain());
        scene["request"] = $"{await Relate(scene.Caller, relation, startWithRequest: line.Names("request"))}";
        return scene;
    }

    private static Scenario WithoutThings(Scenario scene)
    {
        foreach (var name in new[] { "user", "session", "request", "group", "member", "owner", "outsider", "link" })
            scene[name] = Scenario.Nobody;
        scene["message"] = Scenario.NoMessage;
        scene["code"] = "no-such-link";
        return scene;
    }

    private static string SessionOf(User user) =>
        JsonNode.Parse(Jws.Decode(user.Tokens.AccessToken.Split('.')[1]))!["sid"]!.GetValue<string>();

    private async Task<Scenario> InGroup(Scenario scene, Line line, Relation relation)
    {
        var caller = scene.Caller;
        var owner = relation == Relation.Owner ? caller : Other;
        var isMember = (Relation.Members | Relation.FormerMember).HasFlag(relation);
        User[] others = isMember && relation != Relation.Owner ? [caller, Member] : [Member];
        var group = (await owner.CreateGroup(scene.Secret, others)).Id;
        if (relation == Relation.Admin)
            await owner.GiveRole(group, caller, "admin");
        if (line.Names("message"))
            scene["message"] = (await Member.Send(group, scene.Secret)).Id;
        if (line.Names("own_message"))
            scene["own_message"] = (await caller.Send(group, "mine")).Id;
        if (line.Names("link") || line.Names("code"))
        {
            var link = await owner.NewInviteLink(group);
            (scene["link"], scene["code"]) = ($"{link.Id}", link.Code);
        }
        if (relation == Relation.FormerMember)
        {
            (await Other.Api.Delete($"/chat-rooms/{group}/members/{caller.Id}")).ShouldBe(204);
            // Notification consumes the event a moment later.
            await caller.IsTold("system");
        }
        else
        {
            await Relate(caller, relation, startWithRequest: false);
        }
        scene["group"] = $"{group}";
        scene["owner"] = $"{owner.Id}";
        scene["member"] = $"{Member.Id}";
        scene["outsider"] = $"{Outsider.Id}";
        return scene;
    }

    private async Task AddDirectRoom(Scenario scene, Relation relation)
    {
        if (relation == Relation.Stranger)
        {
            scene["direct"] = $"{TheirMessage.RoomId}";
            scene["their_message"] = TheirMessage.Id;
            return;
        }
        var room = (await scene.Caller.RoomWith(Other)).Id;
        scene["direct"] = $"{room}";
        scene["their_message"] = (await Other.Send(room, scene.Secret)).Id;
        scene["direct_message"] = (await scene.Caller.Send(room, "mine")).Id;
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
