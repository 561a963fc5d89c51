using System.Text.RegularExpressions;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>The answer that an operation must give to a caller.</summary>
/// <param name="Code">The problem's code; null where there is none.</param>
internal sealed record Outcome(int Status, string? Code)
{
    public override string ToString() => $"{Status} {Code}".TrimEnd();
}

/// <summary>
/// A line of the authorization table: a request and its required answer for each relation. <see cref="Scenario"/> fills in the names in
/// braces. The names say what the operation is about, and so which relations the line must cover.
/// </summary>
internal sealed partial class Line
{
    private static readonly (string[] Names, Relation Relations)[] Subjects =
    [
        (["own_message"], Relation.Members | Relation.FormerMember),
        (["group", "message", "link", "code"], Relation.Members | Relation.NonMembers | Relation.Unknown),
        (["direct_message"], Relation.OneOfTwo),
        (["direct", "their_message"], Relation.Stranger | Relation.OneOfTwo),
        (["session"], Relation.Self | Relation.Stranger | Relation.Friend | Relation.Unknown),
        (["request"], Relation.Others | Relation.Unknown),
        (["user"], Relation.Self | Relation.Others | Relation.Unknown),
    ];

    private readonly Dictionary<Relation, Outcome> _outcomes = [];

    private Line(string method, string target, string? body)
    {
        Method = method;
        Target = target;
        Body = body;
    }

    public string Method { get; }

    /// <summary>Path and query, with names in braces.</summary>
    public string Target { get; }

    /// <summary>JSON with names in braces.</summary>
    public string? Body { get; }

    /// <summary>The path without the query.</summary>
    public string Path => Target.Split('?')[0];

    /// <summary>The key that the line shares with the operation of the description.</summary>
    public string Shape => Operation.ShapeOf(Method, Path);

    /// <summary>Whether it is a GET that changes something.</summary>
    public bool HasSideEffects { get; private set; }

    public IReadOnlyDictionary<Relation, Outcome> Outcomes => _outcomes;

    public bool IsOpen => _outcomes.ContainsKey(Relation.Anonymous);

    /// <summary>The relations that the line must cover.</summary>
    public Relation Relations =>
        (Subjects.FirstOrDefault(subject => subject.Names.Any(Names)).Relations is var found and not 0 ? found : Relation.Self)
        | (IsOpen ? Relation.Anonymous : 0);

    /// <summary>The relations that it covers.</summary>
    public Relation Spoken => _outcomes.Keys.Aggregate(default(Relation), (all, relation) => all | relation);

    /// <summary>Starts a line.</summary>
    /// <param name="request">Such as <c>GET /chat-rooms/{group}</c>.</param>
    public static Line On(string request, string? body = null) => new(request.Split(' ')[0], request.Split(' ')[1], body);

    /// <summary>Requests that succeed.</summary>
    public Line Gives(int status, Relation to) => Gives(status, null, to);

    /// <summary>Requests that fail with a problem of this code.</summary>
    public Line Gives(int status, string? code, Relation to)
    {
        foreach (var relation in Enum.GetValues<Relation>().Where(relation => int.PopCount((int)relation) == 1 && to.HasFlag(relation)))
            _outcomes.Add(relation, new Outcome(status, code));
        return this;
    }

    /// <summary>Marks a GET that changes state: it does not answer HEAD.</summary>
    public Line WithSideEffects()
    {
        HasSideEffects = true;
        return this;
    }

    /// <summary>Whether the request contains that name in braces.</summary>
    public bool Names(string name) => Placeholder().Matches($"{Target} {Body}").Any(match => match.Groups[1].Value == name);

    public override string ToString() => $"{Method} {Target}";

    [GeneratedRegex(@"\{([a-z_]+)\}")]
    private static partial Regex Placeholder();
}
