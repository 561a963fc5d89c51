using System.Text.RegularExpressions;

namespace BigTech.Tests.EndToEnd.Contract;

/// <summary>
/// For every input to every operation: the server answers according to the contract, the connection accepts the next request, and the
/// server logs no error.
/// </summary>
[Collection(nameof(ContractCollection))]
public sealed partial class BadInputScenarios(Personas personas)
{
    [Fact]
    public async Task Every_operation_answers_bad_input_with_a_whole_problem_and_goes_on()
    {
        var lines = AuthorizationTable.Lines.ToLookup(line => line.Shape);
        var sent = 0;

        // An operation without a line fails AuthorizationScenarios.
        var operations = personas.Operations.Where(operation => lines.Contains(operation.Shape));
        var wrong = await RequestCatalogRun.All(personas.Server, operations, async (operation, run) =>
        {
            var complaints = new List<string>();
            var inputs = await NewInputs(operation, lines[operation.Shape]);
            for (var index = 0; index < inputs.Count; index++)
            {
                var (status, complaint) = await Ask(inputs[index], run);
                if (status == 401 && operation.IsSecured)
                {
                    // An earlier request was valid and ended the session: another caller repeats this one.
                    inputs = await NewInputs(operation, lines[operation.Shape]);
                    (_, complaint) = await Ask(inputs[index], run);
                }
                if (complaint is not null)
                    complaints.Add($"{inputs[index]}: {complaint}");
            }
            Interlocked.Add(ref sent, inputs.Count);
            return complaints.Count == 0 ? null : string.Join('\n', complaints);
        });

        if (wrong.Count > 0)
            throw new ShouldAssertException(string.Join('\n', wrong));
        sent.ShouldBeGreaterThan(2000);
        await personas.ShouldBeUnharmed();
    }

    /// <summary>The invalid variants of the first request in the table that succeeds.</summary>
    private async Task<List<BadInput>> NewInputs(Operation operation, IEnumerable<Line> lines)
    {
        var (line, relation) = (
            from candidate in lines
            from outcome in candidate.Outcomes
            where outcome.Value.Status < 300 && outcome.Key is not (Relation.Anonymous or Relation.Admin)
            select (candidate, outcome.Key)).First();
        var scenario = await personas.Prepare(line, relation);
        return [.. BadInputs.For(operation, scenario.Request(line))];
    }

    private static async Task<(int Status, string? Complaint)> Ask(BadInput input, RequestCatalogRun run)
    {
        var status = 0;
        try
        {
            var answer = await run.Send(input.Request);
            status = answer.Status;
            Judge(input, answer);
            return (status, null);
        }
        catch (Exception failure) when (failure is ShouldAssertException or IOException)
        {
            return (status, failure.Message);
        }
    }

    private static string[] ErrorsOf(Answer answer, string field) =>
        answer.ShouldBeProblem(422).Errors?.GetValueOrDefault(field) ?? [];

    private static void Judge(BadInput input, Answer answer)
    {
        if (input.Status != 0)
            answer.ShouldBe(input.Status);
        if (input.IsUnparsable && answer.IsServersOwn)
        {
            answer.ShouldBe(400, 414, 431);
            return;
        }
        answer.ShouldBeSound();
        if (input.Code is { } code)
            answer.ShouldBeProblem(input.Status, code);
        if (input.Field is { } field)
            answer.ShouldBlame(field);
        if (input.Fitting is { } fitting && answer.Status == 422)
            ErrorsOf(answer, fitting.Field).ShouldNotContain(error => NamesALimit().IsMatch(error));
        if (!input.MayClose)
            answer.Headers.ConnectionClose.ShouldNotBe(true, answer.ToString());
    }

    /// <summary>The server says its own limit: a larger one in the description is refused with other digits than those described.</summary>
    [GeneratedRegex(@"\b(at most|more than|longer than|to|and) \d")]
    private static partial Regex NamesALimit();
}
