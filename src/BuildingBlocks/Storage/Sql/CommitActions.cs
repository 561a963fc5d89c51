namespace BigTech.BuildingBlocks.Storage.Sql;

/// <summary>What a transaction does at its end: before the commit, after it, or after a failure.</summary>
internal sealed class CommitActions
{
    private readonly List<Action> _beforeCommit = [];
    private readonly List<Action> _publications = [];
    private readonly List<Action> _afterCommit = [];
    private readonly List<Action> _afterFailedPublish = [];
    private readonly List<Action> _epochLost = [];
    private readonly List<Action> _inDoubt = [];

    /// <summary>The number of actions after the commit, to return to with <see cref="ReturnTo"/>.</summary>
    public int Count => _afterCommit.Count;

    public bool HasEpochLost => _epochLost.Count > 0;

    public void BeforeCommit(Action action) => _beforeCommit.Add(action);

    /// <summary>Runs after the commit, before every <see cref="AfterCommit"/>.</summary>
    public void Publication(Action action) => _publications.Add(action);

    public void AfterCommit(Action action) => _afterCommit.Add(action);

    public void AfterFailedPublish(Action action) => _afterFailedPublish.Add(action);

    public void EpochLost(Action action) => _epochLost.Add(action);

    public void InDoubt(Action action) => _inDoubt.Add(action);

    public void ReturnTo(int count) => _afterCommit.RemoveRange(count, _afterCommit.Count - count);

    public void RunBeforeCommit()
    {
        foreach (var action in _beforeCommit) action();
    }

    /// <summary>Runs the actions after the commit independently of each other.</summary>
    /// <returns>Their exceptions.</returns>
    public IReadOnlyList<Exception> RunAfterCommit()
    {
        var errors = new List<Exception>();
        Run(_publications, errors);
        Run(_afterCommit, errors);
        if (errors.Count > 0) Run(_afterFailedPublish, errors);
        return errors;
    }

    /// <returns>The exceptions of the actions.</returns>
    public IReadOnlyList<Exception> RunEpochLost() => Run(_epochLost, []);

    /// <returns>The exceptions of the actions.</returns>
    public IReadOnlyList<Exception> RunInDoubt() => Run(_inDoubt, []);

    public void Clear()
    {
        _beforeCommit.Clear();
        _publications.Clear();
        _afterCommit.Clear();
        _afterFailedPublish.Clear();
        _epochLost.Clear();
        _inDoubt.Clear();
    }

    private static List<Exception> Run(List<Action> actions, List<Exception> errors)
    {
        foreach (var action in actions)
        {
            try
            {
                action();
            }
            catch (Exception error)
            {
                errors.Add(error);
            }
        }
        return errors;
    }
}
