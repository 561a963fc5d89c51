using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>Authorization: every operation of the description, called in every relation of the authorization table.</summary>
[Collection(nameof(ContractCollection))]
public sealed class AuthorizationScenarios(Personas personas)
{
    private const string Folder = "tests/EndToEnd/Contract/Lines";

    /// <summary>Every path is available without and with this prefix.</summary>
    public static readonly string[] Prefixes = ["", "/api"];

    [Fact]
    public void The_table_has_every_operation_of_the_description_and_no_other()
    {
        var described = personas.Operations.ToDictionary(operation => operation.Shape);
        var listed = AuthorizationTable.Lines.ToLookup(line => line.Shape);

        string[] wrong =
        [
            .. from operation in personas.Operations
               where !listed.Contains(operation.Shape)
               select $"{operation} is not in the table. Add to the file of its context in {Folder}:\n    {Suggestion(operation)}",
            .. from line in AuthorizationTable.Lines
               where !described.ContainsKey(line.Shape)
               select $"{line} is no operation of /openapi.json (any more). Take the line out of {Folder}, or describe the route.",
            .. from line in AuthorizationTable.Lines
               where described.TryGetValue(line.Shape, out var operation) && operation.IsSecured == line.IsOpen
               select line.IsOpen
                   ? $"{line} is open in the table, and the description asks for a token."
                   : $"{line} is open in the description. If that is meant, the line must give something to Anonymous.",
        ];

        ShouldBeEmpty(wrong);
    }

    [Fact]
    public void Every_line_covers_every_relation_that_its_request_can_concern()
    {
        string[] wrong =
        [
            .. from line in AuthorizationTable.Lines
               let missing = line.Relations & ~line.Spoken
               where missing != 0
               select $"{line} says nothing of {missing}: add .Gives(status, code, {missing}) to the line in {Folder}.",
            .. from line in AuthorizationTable.Lines
               let needless = line.Spoken & ~line.Relations
               where needless != 0
               select $"{line} speaks of {needless}, whom its request cannot concern: take that out of the line in {Folder}.",
        ];

        ShouldBeEmpty(wrong);
    }

    [Fact]
    public async Task Every_caller_gets_the_answer_of_the_table_bare_and_under_api_and_may_ask_twice()
    {
        var operations = personas.Operations.ToDictionary(operation => operation.Shape);
        var questions =
            from line in AuthorizationTable.Lines
            from outcome in line.Outcomes
            from prefix in Prefixes
            select (line, relation: outcome.Key, outcome: outcome.Value, prefix);

        var wrong = await RequestCatalogRun.All(personas.Server, questions, async (question, connections) =>
        {
            var (line, relation, outcome, prefix) = question;
            var scenario = await personas.Prepare(line, relation);
            var request = scenario.Request(line, prefix);
            if (relation == Relation.Anonymous)
                request = request with { Bearer = null };
            var answer = await connections.Send(request);
            if (answer.Status != outcome.Status)
                return $"{line} by {relation}: the table ({Folder}) says {outcome}, the server {answer}";
            if (outcome.Status >= 400)
            {
                answer.ShouldBeProblem(outcome.Status, outcome.Code);
                answer.Text.ShouldNotContain(scenario.Secret);
            }
            if (relation != Relation.Self)
                answer.Text.ShouldNotContain(personas.Other.Account.Email);
            operations[line.Shape].Statuses.ShouldContain(outcome.Status, "is not described: add it to the route's Describe(...)");
            (await connections.Send(request)).ShouldBeSound();
            return null;
        });

        ShouldBeEmpty(wrong);
        await personas.ShouldBeUnharmed();
    }

    [Fact]
    public async Task A_HEAD_request_gets_the_head_of_the_whole_answer_and_opens_or_creates_nothing()
    {
        AuthorizationTable.Lines.Where(line => line.HasSideEffects).Select(line => line.ToString())
            .ShouldBe(["GET /chat-rooms/check/{user}"]);
        var streams = personas.Operations.Where(operation => operation.IsStream).Select(operation => operation.Shape).ToHashSet();
        streams.Count.ShouldBeGreaterThan(3);
        var questions =
            from line in AuthorizationTable.Lines
            where line.Method == "GET"
            from outcome in line.Outcomes
            select (line, relation: outcome.Key, outcome.Value.Status);

        var wrong = await RequestCatalogRun.All(personas.Server, questions, async (question, connections) =>
        {
            var (line, relation, status) = question;
            var scenario = await personas.Prepare(line, relation);
            var whole = scenario.Request(line, "");
            if (relation == Relation.Anonymous)
                whole = whole with { Bearer = null };
            var head = await connections.Send(whole with { Method = "HEAD" });
            if (streams.Contains(line.Shape) || line.HasSideEffects)
                return head.Status == 405 ? null : $"HEAD of {line} by {relation}: {head}";
            // The bytes of a body would be read as the beginning of this answer.
            var answer = await connections.Send(whole);
            return (head.Status, head.ContentType).Equals((status, answer.ContentType))
                ? null
                : $"HEAD of {line} by {relation}: {head}, and GET {answer}";
        });

        ShouldBeEmpty(wrong);
    }

    [Fact]
    public async Task Without_a_token_in_force_every_operation_that_needs_one_is_401_and_the_others_do_not_care()
    {
        var tokens = await Tokens();
        var questions =
            from operation in personas.Operations
            from token in tokens
            from prefix in Prefixes
            select (operation, token, prefix);

        var wrong = await RequestCatalogRun.All(personas.Server, questions, async (question, connections) =>
        {
            var (operation, (name, headers, code), prefix) = question;
            var request = new RawRequest(operation.Method, prefix + operation.Example())
            {
                Headers = headers(),
                ContentType = operation.HasBody ? "application/json" : null,
                Body = operation.HasBody ? "{}"u8.ToArray() : null,
            };
            var answer = await connections.Send(request);
            if (!operation.IsSecured)
            {
                answer.Text.ShouldNotContain(code);
                return answer.Status == 401 && !answer.Text.Contains("refresh_token") ? $"{operation} with {name}: {answer}" : null;
            }
            if (answer.Status != 401)
                return $"{operation} with {name}: 401 {code} was to be expected, the server says {answer}";
            answer.ShouldBeProblem(401, code);
            answer.Headers.WwwAuthenticate.ShouldContain(challenge => challenge.Scheme == "Bearer");
            return null;
        });

        ShouldBeEmpty(wrong);
    }

    [Fact]
    public async Task The_cookie_of_a_browser_opens_what_the_description_says_and_is_nothing_to_all_other_operations()
    {
        personas.Operations.Where(operation => operation.TakesCookie).ShouldBe(
            personas.Operations.Where(operation => operation.IsStream), ignoreOrder: true);
        var user = await personas.Server.NewUser();
        var cookie = await BrowserSession.Of(user);
        var questions =
            from operation in personas.Operations
            from prefix in Prefixes
            select (operation, prefix);

        var wrong = await RequestCatalogRun.All(personas.Server, questions, async (question, connections) =>
        {
            var (operation, prefix) = question;
            var bare = new RawRequest(operation.Method, prefix + operation.Example())
            {
                ContentType = operation.HasBody ? "application/json" : null,
                Body = operation.HasBody ? "{}"u8.ToArray() : null,
            };
            var answer = await connections.Send(bare with { Headers = [$"Cookie: {cookie}"] });
            if (operation.TakesCookie)
                return operation.Method != "GET" || answer.Status == 401 ? $"{operation} with a cookie: {answer}" : null;
            var expected = await connections.Send(bare);
            if (operation.IsSecured)
                answer.ShouldBeProblem(401, "not_signed_in");
            return answer.Status == expected.Status ? null : $"{operation} without a cookie: {expected}, and with it: {answer}";
        });

        ShouldBeEmpty(wrong);
        (await user.IsSignedIn()).ShouldBeTrue();
    }

    /// <summary>Invalid credentials: a name, the headers and the error code.</summary>
    private async Task<(string Name, Func<string[]> Headers, string Code)[]> Tokens()
    {
        var users = await personas.Server.NewUsers(2);
        var (good, signedOut) = (users[0].Tokens.AccessToken, users[1].Tokens.AccessToken);
        (await users[1].Api.Post("/auth/logout")).ShouldBe(204);
        var parts = good.Split('.');
        using var key = personas.Server.SigningKey();
        (await personas.Server.Anonymous.With(Jws.SignES256(parts[0], New(parts[1]), key)).Get("/profile/me")).ShouldBe(200);
        var past = DateTimeOffset.UtcNow.AddMinutes(-1).ToUnixTimeSeconds();
        // Each is used once: the server caches the tokens that it has verified.
        var expired = new ConcurrentBag<string>(Enumerable.Range(0, personas.Operations.Count * Prefixes.Length)
            .Select(_ => Jws.SignES256(parts[0], Jws.Change(New(parts[1]), "exp", past), key)));
        return
        [
            ("no token", () => [], "not_signed_in"),
            ("half a token", () => [$"Authorization: Bearer {good[..^10]}"], "invalid_token"),
            ("rubbish for a token", () => ["Authorization: Bearer rubbish"], "invalid_token"),
            ("another scheme", () => [$"Authorization: Basic {good}"], "invalid_token"),
            ("two tokens", () => [$"Authorization: Bearer {good}", $"Authorization: Bearer {good}"], "invalid_token"),
            ("an expired token", () => [$"Authorization: Bearer {(expired.TryTake(out var token) ? token : null)}"], "invalid_token"),
            ("the token of a session that was signed out", () => [$"Authorization: Bearer {signedOut}"], "invalid_token"),
        ];

        static string New(string payload) => Jws.Change(payload, "jti", $"{Guid.NewGuid():N}");
    }

    /// <summary>A proposal for the missing line of an operation.</summary>
    private static string Suggestion(Operation operation)
    {
        var body = operation.HasBody
            ? $", \"\"\"{new JsonObject(operation.Properties.Select(property => KeyValuePair.Create(property.Name, (JsonNode?)"...")))
                .ToJsonString()}\"\"\""
            : "";
        var (good, who) = (operation.Statuses.Where(status => status < 300).Min(), operation.IsSecured ? "Self" : "Anonymous | Self");
        return $"On(\"{operation}\"{body}).Gives({good}, {who}),";
    }

    private static void ShouldBeEmpty(IReadOnlyCollection<string> wrong)
    {
        if (wrong.Count > 0)
            throw new ShouldAssertException($"{wrong.Count} to put right:\n{string.Join('\n', wrong)}");
    }
}
